//! Messages: the contract's JSON to the letter, and limits that cannot be passed.

use serde_json::{Value, json};
use whatsapp::{
    Message,
    message::{
        Body, Button, ButtonId, ButtonTitle, Buttons, Caption, CtaUrl, Footer, Header, Image,
        Invalid, List, Location, NumberRequest, Parameters, Row, RowDescription, RowId, RowTitle,
        Section, SectionTitle, Template, Text,
    },
};

fn body(text: &str) -> Body {
    Body::parse(text).unwrap()
}

fn title(text: &str) -> ButtonTitle {
    ButtonTitle::parse(text).unwrap()
}

fn button(id: &str, text: &str) -> Button {
    Button {
        id: ButtonId::parse(id).unwrap(),
        title: title(text),
    }
}

fn row(id: &str, text: &str, description: Option<&str>) -> Row {
    Row {
        id: RowId::parse(id).unwrap(),
        title: RowTitle::parse(text).unwrap(),
        description: description.map(|text| RowDescription::parse(text).unwrap()),
    }
}

/// The message has this JSON and comes back from it.
fn assert_wire(message: impl Into<Message>, wire: &Value) {
    let message = message.into();
    assert_eq!(serde_json::to_value(&message).unwrap(), *wire);
    assert_eq!(
        serde_json::from_value::<Message>(wire.clone()).unwrap(),
        message
    );
}

#[test]
fn a_text_is_a_text() {
    assert_wire(
        Text::parse("¡Hola!").unwrap(),
        &json!({ "type": "text", "text": { "body": "¡Hola!" } }),
    );
}

#[test]
fn buttons_are_replies() {
    assert_wire(
        Buttons::new(
            body("¿Confirmás?"),
            vec![button("yes", "Sí"), button("no", "No")],
        )
        .unwrap()
        .with_header(Header::parse("Tu reserva").unwrap())
        .with_footer(Footer::parse("Posada").unwrap()),
        &json!({ "type": "interactive", "interactive": {
            "type": "button",
            "header": { "type": "text", "text": "Tu reserva" },
            "body": { "text": "¿Confirmás?" },
            "footer": { "text": "Posada" },
            "action": { "buttons": [
                { "type": "reply", "reply": { "id": "yes", "title": "Sí" } },
                { "type": "reply", "reply": { "id": "no", "title": "No" } },
            ] },
        } }),
    );
}

#[test]
fn a_list_has_sections_of_rows() {
    let section = Section {
        title: Some(SectionTitle::parse("Mañana").unwrap()),
        rows: vec![
            row("slot:1", "10:00", Some("Cancha 2")),
            row("slot:2", "11:00", None),
        ],
    };
    assert_wire(
        List::new(
            body("Elegí un horario:"),
            title("Ver horarios"),
            vec![section],
        )
        .unwrap(),
        &json!({ "type": "interactive", "interactive": {
            "type": "list",
            "body": { "text": "Elegí un horario:" },
            "action": { "button": "Ver horarios", "sections": [ { "title": "Mañana", "rows": [
                { "id": "slot:1", "title": "10:00", "description": "Cancha 2" },
                { "id": "slot:2", "title": "11:00" },
            ] } ] },
        } }),
    );
}

#[test]
fn a_link_is_a_call_to_action() {
    assert_wire(
        CtaUrl::new(
            body("Pagá la seña"),
            title("Pagar seña"),
            "https://pagos.example/r/7Q2",
        )
        .unwrap(),
        &json!({ "type": "interactive", "interactive": {
            "type": "cta_url",
            "body": { "text": "Pagá la seña" },
            "action": { "name": "cta_url", "parameters": {
                "display_text": "Pagar seña", "url": "https://pagos.example/r/7Q2",
            } },
        } }),
    );
}

#[test]
fn a_hidden_number_can_be_asked_for() {
    assert_wire(
        NumberRequest::new(body("¿Nos pasás tu teléfono?")),
        &json!({ "type": "interactive", "interactive": {
            "type": "request_contact_info",
            "body": { "text": "¿Nos pasás tu teléfono?" },
            "action": { "name": "request_contact_info" },
        } }),
    );
}

#[test]
fn a_picture_and_a_place_carry_what_they_are_called() {
    assert_wire(
        Image::new(
            "https://fotos.example/1.jpg",
            Some(Caption::parse("El lago").unwrap()),
        )
        .unwrap(),
        &json!({ "type": "image", "image": { "link": "https://fotos.example/1.jpg", "caption": "El lago" } }),
    );
    assert_wire(
        Location::new(-41.13, -71.31).unwrap().named("Posada", ""),
        &json!({ "type": "location", "location": {
            "latitude": -41.13, "longitude": -71.31, "name": "Posada",
        } }),
    );
}

#[test]
fn a_template_is_filled_by_name_and_its_buttons_by_position() {
    let template = Template::new(
        "recordatorio_turno",
        "es_AR",
        Parameters::named([("cliente", "Ana"), ("fecha", "viernes 12/12\na las 10:00")]),
    )
    .and_then(|template| template.with_quick_reply(0, "confirm:res_7Q2"))
    .and_then(|template| template.with_url_suffix(1, "7Q2"))
    .unwrap();
    assert_wire(
        template,
        &json!({ "type": "template", "template": {
            "name": "recordatorio_turno",
            "language": { "code": "es_AR" },
            "components": [
                { "type": "body", "parameters": [
                    { "type": "text", "parameter_name": "cliente", "text": "Ana" },
                    { "type": "text", "parameter_name": "fecha", "text": "viernes 12/12 a las 10:00" },
                ] },
                { "type": "button", "sub_type": "quick_reply", "index": "0",
                    "parameters": [ { "type": "payload", "payload": "confirm:res_7Q2" } ] },
                { "type": "button", "sub_type": "url", "index": "1",
                    "parameters": [ { "type": "text", "text": "7Q2" } ] },
            ],
        } }),
    );
}

#[test]
fn a_template_may_be_filled_in_order_or_not_at_all() {
    let positional = Parameters::Positional(vec!["Ana".to_owned(), "a     b".to_owned()]);
    assert_wire(
        Template::new("aviso", "pt_BR", positional).unwrap(),
        &json!({ "type": "template", "template": {
            "name": "aviso",
            "language": { "code": "pt_BR" },
            "components": [ { "type": "body", "parameters": [
                { "type": "text", "text": "Ana" }, { "type": "text", "text": "a b" },
            ] } ],
        } }),
    );
    assert_wire(
        Template::new("aviso", "es", Parameters::none()).unwrap(),
        &json!({ "type": "template", "template": { "name": "aviso", "language": { "code": "es" } } }),
    );
}

#[test]
fn one_to_three_distinct_buttons() {
    let buttons = |buttons| Buttons::new(body("?"), buttons);
    let too_many = ["a", "b", "c", "d"].map(|id| button(id, id)).to_vec();
    assert!(matches!(
        buttons(too_many),
        Err(Invalid::Count {
            count: 4,
            max: 3,
            ..
        })
    ));
    assert!(matches!(
        buttons(Vec::new()),
        Err(Invalid::Count { count: 0, .. })
    ));
    let same_id = vec![button("a", "Sí"), button("a", "No")];
    assert!(matches!(buttons(same_id), Err(Invalid::Duplicate { .. })));
    let same_title = vec![button("a", "Sí"), button("b", "Sí")];
    assert!(matches!(
        buttons(same_title),
        Err(Invalid::Duplicate { .. })
    ));
}

#[test]
fn ten_rows_in_all_and_headings_where_they_are_needed() {
    let rows = |from: u32, to: u32| -> Vec<Row> {
        (from..to)
            .map(|n| row(&n.to_string(), "Cabaña", None))
            .collect()
    };
    let section = |heading: Option<&str>, rows| Section {
        title: heading.map(|text| SectionTitle::parse(text).unwrap()),
        rows,
    };
    let list = |sections| List::new(body("?"), title("Ver"), sections);
    assert!(
        list(vec![
            section(Some("A"), rows(0, 5)),
            section(Some("B"), rows(5, 10))
        ])
        .is_ok()
    );
    assert!(matches!(
        list(vec![
            section(Some("A"), rows(0, 6)),
            section(Some("B"), rows(6, 11))
        ]),
        Err(Invalid::Count {
            count: 11,
            max: 10,
            ..
        })
    ));
    assert!(matches!(
        list(vec![
            section(Some("A"), rows(0, 1)),
            section(None, rows(1, 2))
        ]),
        Err(Invalid::Empty { .. })
    ));
    assert!(matches!(
        list(vec![
            section(Some("A"), rows(0, 1)),
            section(Some("B"), rows(0, 1))
        ]),
        Err(Invalid::Duplicate { .. })
    ));
    assert!(matches!(
        list(vec![section(None, Vec::new())]),
        Err(Invalid::Count { count: 0, .. })
    ));
}

#[test]
fn addresses_places_and_names_must_exist() {
    for link in [
        "",
        "pagos.example",
        "/r/7Q2",
        "javascript:alert(1)",
        "ftp://a.example/b",
    ] {
        assert!(
            CtaUrl::new(body("?"), title("Ir"), link).is_err(),
            "{link:?}"
        );
        assert!(Image::new(link, None).is_err(), "{link:?}");
    }
    assert!(Location::new(-91.0, 0.0).is_err());
    assert!(Location::new(0.0, 180.5).is_err());
    assert!(Location::new(f64::NAN, 0.0).is_err());
    assert!(Template::new("Recordatorio Turno", "es_AR", Parameters::none()).is_err());
    assert!(Template::new("aviso", "es-AR!", Parameters::none()).is_err());
    assert!(Template::new("aviso", "es", Parameters::named([("a", "1"), ("a", "2")])).is_err());
    assert!(Template::new("aviso", "es", Parameters::named([("a", " \n ")])).is_err());
}

#[test]
fn a_stored_message_that_breaks_a_limit_does_not_come_back() {
    let long = "x".repeat(21);
    for wire in [
        json!({ "type": "text", "text": { "body": "" } }),
        json!({ "type": "text", "text": { "body": "x".repeat(4097) } }),
        json!({ "type": "interactive", "interactive": { "type": "button", "body": { "text": "?" },
            "action": { "buttons": [ { "type": "reply", "reply": { "id": "a", "title": long } } ] } } }),
        json!({ "type": "interactive", "interactive": { "type": "button", "body": { "text": "?" },
            "action": { "buttons": [] } } }),
        json!({ "type": "audio", "audio": { "id": "1" } }),
    ] {
        assert!(
            serde_json::from_value::<Message>(wire.clone()).is_err(),
            "{wire}"
        );
    }
}
