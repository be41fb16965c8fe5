//! Adding up who comes.

use std::ops::Range;

use crate::grammar::Found;
use crate::party::part::Part;
use crate::tokens::{Kind, Token};

/// Who comes; absent is not said, or not clear.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Party {
    pub(crate) guests: Option<u8>,
    pub(crate) children: Option<u8>,
}

/// The largest party that is believed.
const LARGEST: u32 = 60;

/// Adds up what was said, against the party already talked about.
pub(crate) fn total(tokens: &[Token], found: &[Found<Part>], talked_about: Option<u8>) -> Party {
    let mut sum = Sum::default();
    for part in found {
        sum.add(tokens, part);
    }
    let guests = sum.guests(talked_about.map(u32::from));
    let byte = |n: u32| u8::try_from(n).ok().filter(|_| n <= LARGEST);
    Party {
        guests: guests.filter(|n| *n > 0).and_then(byte),
        children: sum.children.and_then(byte),
    }
}

/// How a part is joined to what was said before it.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Joint {
    /// "y", "más", "+": on top.
    Added,
    /// "con", "de los cuales", a comma or a bracket: among them.
    #[default]
    Among,
}

#[derive(Default)]
struct Sum {
    total: Option<u32>,
    adults: Option<u32>,
    children: Option<u32>,
    companions: u32,
    guest: bool,
    plus: u32,
    change: Option<i32>,
    unclear: bool,
    children_joint: Joint,
}

impl Sum {
    fn add(&mut self, tokens: &[Token], found: &Found<Part>) {
        match found.what {
            // "2 mujeres y 3 hombres", "vamos 5 y una embarazada".
            Part::People(n)
                if self.total.is_some() && joint(tokens, found.at.start) == Joint::Added =>
            {
                self.total = self.total.map(|total| total + n);
            }
            // Said again, the last one counts: "somos 3, perdón, 4 personas".
            Part::Total(n) | Part::People(n) => self.total = Some(n),
            Part::Adults(n) => self.adults = Some(self.adults.unwrap_or(0) + n),
            Part::Children(n) => {
                self.children = Some(self.children.unwrap_or(0) + n);
                self.children_joint = joint(tokens, found.at.start);
            }
            Part::Companions(1) if told_of(tokens, &found.at) => {}
            Part::Companions(n) => self.companions += n,
            Part::Guest => self.guest = true,
            Part::Plus(n) => self.plus += n,
            Part::Change(n) => self.change = Some(n),
            Part::Rejected => {}
            Part::Unclear => self.unclear = true,
        }
    }

    fn guests(&self, talked_about: Option<u32>) -> Option<u32> {
        if let Some(change) = self.change {
            return talked_about?.checked_add_signed(change);
        }
        let children = self.children.unwrap_or(0);
        let grown = self.adults.unwrap_or(0);
        match self.total {
            Some(_) if self.unclear && grown == 0 && children == 0 && self.companions == 0 => {
                self.total
            }
            Some(total) if grown > 0 => Some(total.max(grown + children)),
            Some(total) if children == 0 => Some(total + self.plus),
            Some(total) if self.children_joint == Joint::Added => {
                Some(total + children + self.plus)
            }
            // "somos dos con un bebé" leaves open whether two or three sleep there, "somos 3, con 3
            // chicos" whether there is anybody else.
            Some(total) if total <= children || (total < children + 2 && total <= 2) => None,
            Some(total) => Some(total),
            None if self.unclear => None,
            None if grown == 0 && self.companions == 0 && !self.guest => None,
            None => {
                let guest = u32::from(self.guest);
                Some(grown + children + self.companions + guest + self.plus)
            }
        }
    }
}

/// "me pasó tu contacto una amiga": somebody is told of, where "y una amiga" comes along.
fn told_of(tokens: &[Token], at: &Range<usize>) -> bool {
    let article = tokens.get(at.start).is_some_and(|token| token.article);
    let before = at.start.checked_sub(1).and_then(|at| tokens.get(at));
    let brings = before.is_some_and(|token| {
        token.is_any(&[
            "y", "e", "and", "mas", "mais", "+", "&", "plus", "con", "com", "with", "somos",
            "para", "for", "vamos", "tambien", "ademas", "also", "tambem", "invito", "llevo",
            "viene",
        ])
    });
    let alone = before.is_none_or(|token| token.kind == Kind::Sign)
        && tokens.get(at.end).is_none_or(|token| {
            token.kind == Kind::Sign
                || token.is_any(&["y", "e", "and", "mas", "con", "com", "with"])
        });
    article && !brings && !alone
}

fn joint(tokens: &[Token], start: usize) -> Joint {
    // The joint stands before the part, or begins it ("y el bebé").
    let added = tokens
        .iter()
        .take(start + 1)
        .skip(start.saturating_sub(1))
        .any(|token| token.is_any(&["y", "e", "and", "mas", "+", "plus", "mais", "&"]));
    if added { Joint::Added } else { Joint::Among }
}
