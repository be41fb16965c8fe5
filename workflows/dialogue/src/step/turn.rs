//! A turn in the making: the state being changed, and what is going to be said and done.

use chrono::TimeDelta;
use domain::{Accommodation, AccommodationId, Party, Stay};
use minijinja::Value;
use nlu::Reading;

use crate::{
    Button, Command, Facts, Row, Say, Short, State, Step, Texts,
    action::Action,
    format::{Voice, clean_name},
    state::{Asked, Choice, from_nlu},
    texts::{Key, Label},
};

/// The longest body of a message with buttons; notes that do not fit beside it go ahead of it.
const MAX_BODY: usize = 1024;

/// A message of so many words shows its language.
const SURE_WORDS: usize = 6;

/// A yes or a tap older than this is asked for again: whoever sent it may have moved on.
const LATE: TimeDelta = TimeDelta::hours(1);

/// A message older than this is not acted upon at all.
const STALE: TimeDelta = TimeDelta::days(1);

/// How far the platform's clock, which tells whole seconds, may be behind ours.
const CLOCKS: TimeDelta = TimeDelta::seconds(5);

/// Words that were spoken.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spoken {
    /// Part of the recording is missing.
    pub(crate) damaged: bool,
}

/// One turn.
pub(crate) struct Turn<'a> {
    pub(crate) state: State,
    pub(crate) facts: &'a Facts<'a>,
    pub(crate) voice: Voice<'a>,
    pub(crate) command: Option<Command>,
    pub(crate) asides: Vec<Command>,
    pub(crate) say: Vec<Say>,
    /// How the guest's words came, when they were spoken.
    pub(crate) spoken: Option<Spoken>,
    /// What was heard, which goes ahead of everything and makes no answer another one.
    echo: Option<String>,
    notes: Vec<String>,
}

impl<'a> Turn<'a> {
    pub(crate) fn new(state: State, facts: &'a Facts<'a>, texts: &'a Texts) -> Self {
        let language = state.language.unwrap_or(facts.guest.language);
        let voice = Voice {
            texts,
            language,
            today: facts.today(),
        };
        Self {
            state,
            facts,
            voice,
            command: None,
            asides: Vec::new(),
            say: Vec::new(),
            spoken: None,
            echo: None,
            notes: Vec::new(),
        }
    }

    /// Whether the guest's message took so long that what it asks to be done is asked for again first.
    pub(crate) fn is_late(&self) -> bool {
        self.age() > LATE
    }

    /// Whether it took so long that nothing in it is acted upon.
    pub(crate) fn is_stale(&self) -> bool {
        self.age() > STALE
    }

    /// Whether the guest wrote before the last question was put: then a yes answers another one.
    pub(crate) fn precedes_question(&self) -> bool {
        self.state
            .asked_at
            .is_some_and(|asked| asked.signed_duration_since(self.facts.sent_at) > CLOCKS)
    }

    fn age(&self) -> TimeDelta {
        self.facts.now.signed_duration_since(self.facts.sent_at)
    }

    /// Answers in the language of a message.
    ///
    /// A few words can be read as another language by mistake ("como pago?"), and an answer in the wrong one
    /// is worse than one in the old: a conversation changes its language for a long message, or for two.
    pub(crate) fn speak(&mut self, text: &str, reading: &Reading) {
        let heard = from_nlu(reading.language);
        let spoken = self.state.language.unwrap_or(heard);
        let sure = text.split_whitespace().count() >= SURE_WORDS
            || self.state.next_language == Some(heard);
        let language = if heard == spoken || sure {
            heard
        } else {
            spoken
        };
        self.state.next_language = (heard != language).then_some(heard);
        self.state.language = Some(language);
        self.voice.language = language;
    }

    /// A paragraph that goes ahead of whatever is said next, in the same message.
    pub(crate) fn note(&mut self, key: Key, values: &Value) {
        self.notes.push(self.voice.say(key, values));
    }

    /// A paragraph without variables.
    pub(crate) fn plain_note(&mut self, key: Key) {
        self.notes.push(self.voice.plain(key));
    }

    /// Says what was heard, ahead of the answer.
    pub(crate) fn echo(&mut self, heard: String) {
        self.echo = Some(heard);
    }

    /// Says something that asks nothing in particular.
    pub(crate) fn tell(&mut self, say: Say) {
        self.ask(Asked::Nothing, say);
    }

    /// Says something that asks something.
    pub(crate) fn ask(&mut self, asked: Asked, say: Say) {
        self.state.asked = asked;
        self.state.asked_at = Some(self.facts.now);
        self.say.push(say);
    }

    /// Says a text with buttons.
    pub(crate) fn tell_with(&mut self, body: String, buttons: &[(Action, Label)]) {
        let buttons = self.buttons(buttons);
        self.tell(Say::buttons(body, buttons));
    }

    pub(crate) fn buttons(&self, buttons: &[(Action, Label)]) -> Vec<Button> {
        buttons
            .iter()
            .map(|(action, label)| Button::new(action, self.voice.label(*label)))
            .collect()
    }

    pub(crate) fn row(&self, action: &Action, label: Label) -> Row {
        Row::new(action, self.voice.label(label))
    }

    /// What an accommodation is called, also one that can no longer be booked.
    pub(crate) fn name_of(&self, id: AccommodationId) -> String {
        let place = self.facts.place(id);
        place.map_or_else(
            || self.voice.label(Label::Accommodation).to_owned(),
            |place| place.name.clone(),
        )
    }

    /// The guest's name, fit to be repeated: the first of their names.
    pub(crate) fn guest_name(&self) -> Option<String> {
        let name = clean_name(self.facts.guest.name.as_deref()?)?;
        name.split_whitespace().next().map(str::to_owned)
    }

    /// The accommodation the guest is talking about.
    pub(crate) fn wished_place(&self) -> Option<&'a Accommodation> {
        self.facts.place(self.state.wish.accommodation?)
    }

    /// The stay and party the guest is talking about, once both are known.
    pub(crate) fn wished_stay(&self) -> Option<(Stay, Party)> {
        let wish = &self.state.wish;
        let stay = Stay::new(wish.check_in?, wish.check_out?).ok()?;
        Some((stay, wish.party()?))
    }

    /// The paragraphs that wait for a message to go ahead of.
    pub(crate) fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Takes back everything that was going to be said.
    pub(crate) fn forget_words(&mut self) {
        self.notes.clear();
        self.say.clear();
    }

    /// The step: notes joined to the first message that has room for them, and the options remembered.
    pub(crate) fn finish(mut self) -> Step {
        // A command that is answered by an event of its own needs no message besides.
        if self.say.is_empty() && self.command.as_ref().is_some_and(Command::is_answered) {
            self.notes.clear();
        }
        let answered = !self.say.is_empty() || !self.notes.is_empty();
        if let Some(echo) = self.echo.take().filter(|_| answered) {
            self.notes.insert(0, echo);
        }
        if !self.notes.is_empty() {
            let notes = self.notes.join("\n\n");
            let joined = self.say.iter_mut().find_map(body_of);
            match joined {
                Some((body, max)) if notes.chars().count() + 2 + body.chars().count() <= max => {
                    body.insert_before(&notes);
                }
                _ => self.say.insert(0, Say::text(notes)),
            }
        }
        if !self.say.is_empty() {
            self.state.greeted = true;
            self.state.options = self.say.iter().flat_map(Say::options).map(choice).collect();
        }
        Step {
            state: self.state,
            say: self.say,
            command: self.command,
            asides: self.asides,
        }
    }
}

fn choice((id, title): (&str, &str)) -> Choice {
    Choice {
        id: id.to_owned(),
        title: title.to_owned(),
    }
}

/// A body that can still be added to.
trait Body {
    fn chars(&self) -> std::str::Chars<'_>;
    fn insert_before(&mut self, notes: &str);
}

impl<const MAX: usize> Body for Short<MAX> {
    fn chars(&self) -> std::str::Chars<'_> {
        self.as_str().chars()
    }

    fn insert_before(&mut self, notes: &str) {
        *self = Self::from(format!("{notes}\n\n{self}"));
    }
}

fn body_of(say: &mut Say) -> Option<(&mut dyn Body, usize)> {
    match say {
        Say::Text { body } => Some((body, 4 * MAX_BODY)),
        Say::Buttons { body, .. } | Say::List { body, .. } | Say::Link { body, .. } => {
            Some((body, MAX_BODY))
        }
        Say::NumberRequest { .. } | Say::Image { .. } | Say::Location { .. } => None,
    }
}
