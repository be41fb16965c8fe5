//! What somebody who works here may do, and what a program that acts for them may.

use crate::words::words;

words! {
    /// What a user of the admin pages may do. Each may everything that the one after it may.
    Role {
        /// Everything, also to settle who else may what.
        Owner = "owner",
        /// The daily work: reservations, conversations, the queue.
        Staff = "staff",
        /// To look, and to change nothing.
        ReadOnly = "read_only",
    }
}

words! {
    /// What a program with a token of its own may do.
    Scope {
        /// To ask.
        Read = "read",
        /// To ask and to change.
        Operate = "operate",
    }
}

impl Role {
    /// Whether somebody in this role may do what takes that one.
    #[must_use]
    pub fn may(self, needed: Self) -> bool {
        self <= needed
    }
}

impl Scope {
    /// Whether a token of this scope may do what takes that one.
    #[must_use]
    pub fn covers(self, needed: Self) -> bool {
        self >= needed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_may_everything_and_a_reader_may_only_read() {
        let may = |role: Role| Role::ALL.iter().map(move |needed| role.may(*needed));
        assert!(may(Role::Owner).eq([true, true, true]));
        assert!(may(Role::Staff).eq([false, true, true]));
        assert!(may(Role::ReadOnly).eq([false, false, true]));
    }

    #[test]
    fn a_token_that_may_only_ask_changes_nothing() {
        assert!(Scope::Operate.covers(Scope::Read));
        assert!(Scope::Read.covers(Scope::Read));
        assert!(!Scope::Read.covers(Scope::Operate));
    }
}
