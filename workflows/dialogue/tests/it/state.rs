//! What is kept between two messages, for months and across versions.

use dialogue::State;

use crate::world::Talk;

#[test]
fn an_empty_state_is_a_new_guest() {
    assert_eq!(
        serde_json::from_str::<State>("{}").unwrap(),
        State::default()
    );
}

#[test]
fn a_state_survives_being_kept() {
    let mut talk = Talk::new();
    talk.writes("del 15 al 18 de enero para 4")
        .presses("Cabaña Arrayán");
    let kept = serde_json::to_string(&talk.state).unwrap();
    assert_eq!(serde_json::from_str::<State>(&kept).unwrap(), talk.state);
}

#[test]
fn what_a_later_version_does_not_know_is_forgotten() {
    let old = r#"{
        "mode": {"mode": "dancing"}, "language": "fr", "greeted": true, "wish": {"guests": 4, "moon": "full"},
        "asked": {"asked": "horoscope", "sign": "leo"}, "read_back": {"proposal": {"stay": 3}},
        "options": [1, 2], "pace": {"turns": "many"}, "unheard_of": []
    }"#;
    let state: State = serde_json::from_str(old).unwrap();
    let mut talk = Talk::new();
    talk.state = state;
    talk.writes("del 15 al 18 de enero")
        .hears("4 personas")
        .hears("Cabaña Arrayán");
}
