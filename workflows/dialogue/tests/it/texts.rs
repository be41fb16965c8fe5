//! The template files, and what an owner can put in their place.

use dialogue::{Override, Texts, TextsError, manifest, templates};
use domain::Language;

use crate::world::TEXTS;

fn replace(key: &str, source: &str) -> Result<Texts, TextsError> {
    Texts::with_overrides(&[Override {
        language: Language::Es,
        key: key.to_owned(),
        source: source.to_owned(),
    }])
}

#[test]
fn every_text_renders_in_every_language_with_every_value_it_can_be_given() {
    // Loading tries every template out with undefined variables forbidden.
    Texts::new().unwrap();
}

#[test]
fn an_owners_text_is_tried_out_when_it_is_loaded() {
    assert!(replace("thanks", "¡Gracias a vos!").is_ok());
    assert!(matches!(
        replace("hola", "¡Hola!"),
        Err(TextsError::UnknownKey { .. })
    ));
    assert!(
        matches!(replace("thanks", "Hola {{ name }}"), Err(TextsError::UnknownVariable { variable, .. }) if variable == "name")
    );
    assert!(matches!(
        replace("thanks", "{% if %}"),
        Err(TextsError::Broken { .. })
    ));
    assert!(matches!(
        replace("offers", "{% for o in offers %}{{ o.prize }}{% endfor %}"),
        Err(TextsError::Broken { .. })
    ));
}

#[test]
fn a_text_that_never_ends_is_refused() {
    let (begin, end) = ("{% for a in [0,1,2,3,4,5,6,7,8,9] %}", "{% endfor %}");
    let endless = format!("{}x{}", begin.repeat(6), end.repeat(6));
    let refused = replace("thanks", &endless);
    assert!(
        matches!(refused, Err(TextsError::Broken { .. })),
        "{refused:?}"
    );
}

#[test]
fn an_owners_text_says_what_ours_always_says() {
    assert!(
        matches!(
            replace("pay_link", "¡Dale, pagá!"),
            Err(TextsError::LeftOut { .. })
        ),
        "a link to pay that is no link"
    );
    let silent = replace("read_back", "¿Reservo {{ name }}?").unwrap_err();
    assert!(matches!(silent, TextsError::LeftOut { .. }), "{silent}");
    for empty in ["", " \n "] {
        assert!(matches!(
            replace("thanks", empty),
            Err(TextsError::Length { .. })
        ));
    }
}

#[test]
fn every_text_of_ours_may_take_its_own_place_and_reads_the_same() {
    let wordings = TEXTS.wordings();
    assert!(wordings.len() > 300, "{}", wordings.len());
    for wording in wordings {
        let own = Override {
            language: wording.language,
            key: wording.key.clone(),
            source: wording.ours.clone(),
        };
        let said = TEXTS.preview(&own).unwrap();
        assert!(
            !said.is_empty() && !said.contains(&String::new()),
            "{own:?}"
        );
    }
}

#[test]
fn an_owners_label_must_fit_its_button() {
    assert!(replace("label_confirm", "Dale, reservá").is_ok());
    assert!(matches!(
        replace("label_confirm", "Sí, quiero reservar ya"),
        Err(TextsError::LabelLength { max: 20, .. })
    ));
    assert!(matches!(
        replace("label_confirm", ""),
        Err(TextsError::LabelLength { .. })
    ));
}

#[test]
fn what_the_platform_approved_cannot_be_replaced() {
    assert!(matches!(
        replace("approved_thanks", "¡Gracias!"),
        Err(TextsError::UnknownKey { .. })
    ));
}

#[test]
fn the_manifest_to_submit_is_what_is_sent() {
    let kept = include_str!("../../templates/approved.json");
    assert!(
        manifest(&TEXTS) == kept,
        "the texts have changed: write the manifest anew with `cargo run -p dialogue --example templates > \
         workflows/dialogue/templates/approved.json`, and submit what changed"
    );
}

#[test]
fn approved_templates_keep_the_platforms_rules() {
    let templates = templates(&TEXTS);
    assert_eq!(templates.len() % 3, 0);
    assert!(templates.len() >= 3 * 16);
    for template in templates {
        let body = &template.body;
        assert!(body.chars().count() <= 1024, "{body}");
        // The platform rejects variables at either end and next to each other.
        assert!(
            !body.starts_with("{{") && !body.trim_end_matches(['.', '?']).ends_with("}}"),
            "{body}"
        );
        assert!(!body.contains("}}{{") && !body.contains("}} {{"), "{body}");
        assert!(
            !body.contains("{%") && !body.contains('\n') && !body.contains("    "),
            "{body}"
        );
        assert!(
            template
                .name
                .chars()
                .all(|c| c.is_ascii_lowercase() || c == '_'),
            "{}",
            template.name
        );
        for (name, example) in &template.examples {
            assert!(
                body.contains(&format!("{{{{{name}}}}}")),
                "{name} in {body}"
            );
            assert!(!example.is_empty(), "{name}");
        }
    }
}

#[test]
fn the_same_template_has_the_same_parameters_in_every_language() {
    let templates = templates(&TEXTS);
    for template in &templates {
        let names = |template: &dialogue::ApprovedTemplate| {
            let mut names: Vec<_> = template
                .examples
                .iter()
                .map(|(name, _)| name.clone())
                .collect();
            names.sort();
            names
        };
        for other in templates.iter().filter(|other| other.name == template.name) {
            assert_eq!(names(template), names(other), "{}", template.name);
        }
    }
}
