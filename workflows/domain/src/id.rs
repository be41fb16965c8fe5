//! Typed identifiers: a prefix that says what it names, and a UUID.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The text is not an identifier of the kind that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an id of the form {prefix}…")]
pub struct InvalidId {
    prefix: &'static str,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Uuid);

        impl $name {
            /// The identifier of a UUID.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The bare UUID, for the database.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }

            /// A fresh identifier; ids made later sort later.
            #[must_use]
            pub fn generate() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0.simple())
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                text.strip_prefix($prefix)
                    .and_then(|hex| Uuid::try_parse(hex).ok())
                    .map(Self)
                    .ok_or(InvalidId { prefix: $prefix })
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;

            fn try_from(text: String) -> Result<Self, InvalidId> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }
    };
}

id!(
    /// Names an accommodation: `acc_…`.
    AccommodationId,
    "acc_"
);
id!(
    /// Names a guest, whatever numbers and accounts they write from: `gst_…`.
    GuestId,
    "gst_"
);
id!(
    /// Names a message, in or out: `msg_…`. For outgoing ones it is the key that keeps them from being sent twice.
    MessageId,
    "msg_"
);
id!(
    /// Names a feed: a calendar of another channel that is read for one accommodation: `feed_…`.
    FeedId,
    "feed_"
);
id!(
    /// Names a link under which another channel reads our calendar of one accommodation: `exp_…`.
    ExportId,
    "exp_"
);
id!(
    /// Names a user of the admin pages: `usr_…`.
    UserId,
    "usr_"
);
id!(
    /// Names a session of a user, and does not open it: `ses_…`.
    SessionId,
    "ses_"
);
id!(
    /// Names a token of a program, and is not the token: `tok_…`.
    ApiTokenId,
    "tok_"
);

id!(
    /// Names an address that events are sent to: `whe_…`.
    WebhookEndpointId,
    "whe_"
);
id!(
    /// Names an event on its way to one address: `whd_…`.
    WebhookDeliveryId,
    "whd_"
);
id!(
    /// Names an event that others are told of, the same for all of them: `evt_…`.
    WebhookEventId,
    "evt_"
);

impl MessageId {
    /// The id of a message that a named step sends: the same step gives the same id, however often it runs.
    #[must_use]
    pub fn for_step(step: &str) -> Self {
        Self(Uuid::new_v5(&Uuid::NAMESPACE_URL, step.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_and_another_kind_is_refused() {
        let id = GuestId::generate();
        assert_eq!(id.to_string().parse(), Ok(id));
        assert!(id.to_string().parse::<AccommodationId>().is_err());
    }

    #[test]
    fn a_step_always_names_the_same_message() {
        assert_eq!(MessageId::for_step("a/1"), MessageId::for_step("a/1"));
        assert_ne!(MessageId::for_step("a/1"), MessageId::for_step("a/2"));
    }
}
