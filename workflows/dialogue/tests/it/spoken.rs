//! What a guest says aloud.

use dialogue::{Command, Event, Mode, Unheard};
use domain::Language;

use crate::world::Talk;

#[test]
fn what_was_heard_is_repeated_and_answered_like_words() {
    let mut talk = Talk::new();
    talk.says("¿Tienen lugar del quince al dieciocho de enero para cuatro personas?");
    let heard = talk.heard();
    assert!(
        heard.starts_with(
            "🎤 Entendí: «¿Tienen lugar del quince al dieciocho de enero para cuatro personas?»"
        ),
        "{heard}"
    );
    talk.hears("Cabaña Arrayán").hears("vie 15/01");
}

#[test]
fn a_stay_can_be_booked_by_talking_alone_and_only_after_it_was_read_back() {
    let mut talk = Talk::new();
    talk.says("Hola, quiero la Arrayán del 15 al 18 de enero para cuatro.");
    assert_eq!(talk.command, None);
    talk.hears("vie 15/01")
        .hears("lun 18/01")
        .hears("4 personas");
    talk.says("Sí, dale.");
    assert!(matches!(talk.command, Some(Command::PlaceHold { .. })));
}

#[test]
fn the_dates_of_a_note_that_was_cut_off_are_asked_for_again() {
    let mut talk = Talk::new();
    talk.writes("del 15 al 18 de enero para 4");
    talk.is_heard("mejor llegamos el 3 de abril", true)
        .hears("Entendí: «mejor llegamos el 3 de abril»")
        .hears("El audio llegó cortado")
        .hears("¿me las repetís?")
        .does_not_hear("03/04");
    talk.writes("del 3 al 5 de abril")
        .hears("sáb 03/04")
        .hears("4 personas");
}

#[test]
fn half_a_yes_confirms_nothing() {
    let mut talk = Talk::new();
    talk.writes("del 15 al 18 de enero para 4")
        .presses("Cabaña Arrayán");
    talk.is_heard("sí, confirmo", true).hears("llegó cortado");
    assert_eq!(talk.command, None);
    talk.says("sí, confirmo");
    assert!(matches!(talk.command, Some(Command::PlaceHold { .. })));
}

#[test]
fn what_cannot_be_heard_is_asked_for_in_writing_in_three_languages() {
    for language in [Language::Es, Language::Pt, Language::En] {
        let mut answers = Vec::new();
        for why in [
            Unheard::NoSpeech,
            Unheard::Unclear,
            Unheard::TooLong,
            Unheard::NoNote,
            Unheard::Unavailable,
        ] {
            let mut talk = Talk::new();
            talk.guest.language = language;
            talk.happens(Event::Unheard { why });
            assert!(!talk.options().is_empty(), "{why:?}");
            assert_eq!(talk.command, None);
            answers.push(talk.heard());
        }
        answers.dedup();
        assert_eq!(answers.len(), 5, "{answers:?}");
    }
}

#[test]
fn a_recording_does_not_lose_the_question_that_was_open() {
    let mut talk = Talk::new();
    talk.writes("del 15 al 18 de enero");
    talk.happens(Event::Unheard {
        why: Unheard::NoSpeech,
    })
    .hears("No escuché a nadie")
    .hears("¿Para cuántas personas");
    talk.says("Somos cuatro.").hears("4 personas");
}

#[test]
fn of_a_long_speech_the_beginning_is_repeated() {
    let mut talk = Talk::new();
    let story = "y entonces fuimos a la playa con los chicos ".repeat(40);
    talk.says(&story).hears("y entonces fuimos").hears("…»");
    assert!(talk.heard().chars().count() < 1500);
}

#[test]
fn an_answer_is_the_same_whatever_was_heard_so_that_loops_end_with_a_person() {
    let mut talk = Talk::new();
    for word in ["bla", "blo", "blu", "ble", "bli", "blabla"] {
        talk.says(word);
    }
    assert!(matches!(talk.state.mode(), Mode::Person { .. }));
}
