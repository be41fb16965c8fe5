//! The names of all texts, and which variables each is given.

/// Defines [`Key`]: a text per line, with the variables its template may use.
macro_rules! keys {
    ($($name:ident = $word:literal ($($variable:ident),*);)+) => {
        /// A text. Its name in the template files is the same word in lower case.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Key {
            $($name),+
        }

        impl Key {
            /// Every text.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Its name in the template files.
            pub(crate) const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }

            /// What its template may use.
            pub(crate) const fn variables(self) -> &'static [&'static str] {
                match self { $(Self::$name => &[$(stringify!($variable)),*]),+ }
            }
        }
    };
}

keys! {
    // Chat.
    Hello = "hello" (name);
    Menu = "menu" (first);
    Next = "next" ();
    Stale = "stale" ();
    Late = "late" ();
    Thanks = "thanks" ();
    Unknown = "unknown" (again);
    Person = "person" (code, until);
    PersonHere = "person_here" ();
    PersonOnly = "person_only" (code, until);
    Resumed = "resumed" ();
    Complaint = "complaint" ();
    Loop = "loop" ();
    OptedOut = "opted_out" ();
    StillOptedOut = "still_opted_out" ();
    OptedIn = "opted_in" ();
    Receipt = "receipt" ();
    Heard = "heard" (text);
    HeardInPart = "heard_in_part" (dates_lost);
    Unheard = "unheard" (why_not);
    CannotRead = "cannot_read" (kind);
    Named = "named" (name);
    NumberNoted = "number_noted" ();
    OldButton = "old_button" ();
    Waitlist = "waitlist" ();
    WaitlistFree = "waitlist_free" ();
    WaitlistJoined = "waitlist_joined" (name, dates, party);
    WaitlistEntry = "waitlist_entry" (name, dates, party);
    WaitlistLeft = "waitlist_left" ();
    WaitlistNotThere = "waitlist_not_there" ();
    WaitlistWhich = "waitlist_which" ();
    // Booking.
    AskDates = "ask_dates" (again, period, weekends);
    AskNights = "ask_nights" (check_in);
    AskGuests = "ask_guests" (again, dates);
    DatesWrong = "dates_wrong" (error);
    DatesUnclear = "dates_unclear" (choices);
    Offers = "offers" (dates, nights, party, offers);
    OfferOne = "offer_one" (dates, nights, party, name, capacity, total, lines);
    Refused = "refused" (rule, name, dates, party, limit, more_places, alternatives);
    ReadBack = "read_back" (name, check_in, from, check_out, by, nights, party, price_lines, total, whole, deposit, balance, minutes, hours);
    ReadBackShort = "read_back_short" (name, dates, party, total);
    PriceChanged = "price_changed" ();
    NotConfirmedYet = "not_confirmed_yet" ();
    Dismissed = "dismissed" ();
    ChangeWhat = "change_what" ();
    AskPlace = "ask_place" ();
    HoldUnavailable = "hold_unavailable" (name, dates, party, total);
    AlreadyHeld = "already_held" (name, dates, until, code);
    AlreadyConfirmed = "already_confirmed" (name, dates, code);
    // The guest's own reservations.
    NoReservations = "no_reservations" ();
    Reservations = "reservations" ();
    WhichReservation = "which_reservation" ();
    Reservation = "reservation" (code, status, until, name, dates, nights, party, total, paid, due);
    UnknownCode = "unknown_code" (code);
    PayLink = "pay_link" (code, status, name, dates, due, whole, until);
    LinkNotReady = "link_not_ready" (code, until);
    HowToPay = "how_to_pay" (share);
    NothingToPay = "nothing_to_pay" (code, paid, balance);
    BalanceComing = "balance_coming" (code, due);
    ExpiredAgain = "expired_again" (code, name, dates);
    CancelAsk = "cancel_ask" (code, name, dates, basis, refund, paid);
    RefundChanged = "refund_changed" ();
    RevokeAsk = "revoke_ask" (code, name, dates, paid);
    RevokeTooLate = "revoke_too_late" ();
    CancelNotPossible = "cancel_not_possible" (status);
    Kept = "kept" ();
    NothingToCancel = "nothing_to_cancel" ();
    NotNow = "not_now" ();
    Extended = "extended" (code, until);
    ExtendNotPossible = "extend_not_possible" (why, until);
    Modify = "modify" ();
    NothingToChange = "nothing_to_change" ();
    AskNewDates = "ask_new_dates" (code, name, dates);
    SameDates = "same_dates" ();
    StaysAsItIs = "stays_as_it_is" (code);
    NotChangedYet = "not_changed_yet" ();
    ChangeReadBack = "change_read_back" (code, status, name, old_dates, old_total, check_in, from, check_out, by, nights, party, price_lines, total, whole, due, until, paid, balance, refund);
    ChangeNotPossible = "change_not_possible" (why, limit, code);
    // About the place.
    Amenities = "amenities" (places);
    WhichPlace = "which_place" (topic);
    NoPhotos = "no_photos" (name);
    AfterPhotos = "after_photos" (name);
    Area = "area" (places);
    Address = "address" (name, address, check_in, from);
    Times = "times" (places, confirmed);
    Pets = "pets" (allowed, refused, single, fees);
    Policies = "policies" (places);
    Prices = "prices" (places);
    Line = "line" (kind, night, season, quantity, unit, share);
    // What a reservation says by itself.
    AskNumber = "ask_number" ();
    NoticePaymentLink = "notice_payment_link" (guest, name, dates, party, until, code, total, whole, deposit);
    NoticeHoldWithoutLink = "notice_hold_without_link" (guest, name, dates, party, until, code);
    NoticeOffer = "notice_offer" (guest, name, dates, party, minutes, until, code, total, whole, deposit, url);
    NoticeHoldReminder = "notice_hold_reminder" (minutes, whole, deposit, name, dates);
    NoticeHoldExpired = "notice_hold_expired" (code, name, dates, paid);
    NoticeExtended = "notice_extended" (code, until, whole, deposit);
    NoticeConfirmed = "notice_confirmed" (guest, name, check_in, from, check_out, by, party, paid, balance, code);
    NoticeArrivalReminder = "notice_arrival_reminder" (guest, name, check_in, from, balance, url);
    NoticeInstructions = "notice_instructions" (name, check_in, from, address, access, balance);
    NoticeThanks = "notice_thanks" (guest, name);
    NoticeNoShow = "notice_no_show" (code, name, dates, paid);
    NoticeCancelled = "notice_cancelled" (code, name, dates, refund);
    NoticeRevoked = "notice_revoked" (code, name, dates, refund, number);
    NoticeExpiredShort = "notice_expired_short" (code, name, dates, refund);
    NoticePaymentReceived = "notice_payment_received" (code, amount, missing, balance);
    NoticeBalanceLink = "notice_balance_link" (code, name, dates, balance);
    NoticePaymentRejected = "notice_payment_rejected" (code, until);
    NoticePaymentPending = "notice_payment_pending" (code);
    NoticeConfirmedLate = "notice_confirmed_late" (code, name, check_in, from, check_out, by, party, paid, balance);
    NoticeRefundedLate = "notice_refunded_late" (code, name, dates, refund, alternatives);
    NoticeDisplaced = "notice_displaced" (guest, code, name, dates, refund, alternatives);
    NoticeOverpaid = "notice_overpaid" (code, refund);
    NoticeDatesChanged = "notice_dates_changed" (code, name, check_in, from, check_out, by, party, until, total, whole, deposit, paid, balance, refund);
    NoticeRefundDone = "notice_refund_done" (code, refund);
    // The same in the form that the platform approves beforehand.
    ApprovedPaymentLink = "approved_payment_link" (guest, name, dates, code, until, deposit, url);
    ApprovedHoldWithoutLink = "approved_hold_without_link" (guest, name, dates, code, until);
    ApprovedOffer = "approved_offer" (guest, name, dates, minutes, deposit, code, url);
    ApprovedHoldReminder = "approved_hold_reminder" (guest, minutes, deposit, name, dates, code);
    ApprovedHoldExpired = "approved_hold_expired" (guest, code, name, dates);
    ApprovedExtended = "approved_extended" (guest, code, name, until, deposit);
    ApprovedConfirmed = "approved_confirmed" (guest, code, name, dates, paid);
    ApprovedArrivalReminder = "approved_arrival_reminder" (guest, name, check_in, from, code, balance);
    ApprovedInstructions = "approved_instructions" (guest, name, check_in, from, address, access);
    ApprovedThanks = "approved_thanks" (guest, name);
    ApprovedNoShow = "approved_no_show" (guest, code, name, dates);
    ApprovedCancelled = "approved_cancelled" (guest, code, name, dates, refund);
    ApprovedRevoked = "approved_revoked" (guest, code, name, dates, refund, number);
    ApprovedExpiredShort = "approved_expired_short" (guest, code, name, dates, refund);
    ApprovedPaymentReceived = "approved_payment_received" (guest, code, amount, balance);
    ApprovedBalanceLink = "approved_balance_link" (guest, code, name, dates, balance, url);
    ApprovedPaymentRejected = "approved_payment_rejected" (guest, code);
    ApprovedPaymentPending = "approved_payment_pending" (guest, code);
    ApprovedConfirmedLate = "approved_confirmed_late" (guest, code, name, dates, paid);
    ApprovedRefundedLate = "approved_refunded_late" (guest, code, name, dates, refund);
    ApprovedDisplaced = "approved_displaced" (guest, name, dates, code);
    ApprovedOverpaid = "approved_overpaid" (guest, code, refund);
    ApprovedDatesChanged = "approved_dates_changed" (guest, code, name, dates, total);
    ApprovedRefundDone = "approved_refund_done" (guest, code, refund);
    ApprovedSeenLate = "approved_seen_late" (guest);
    ApprovedOwnerConflict = "approved_owner_conflict" (channel, other, name, dates);
    ApprovedOwnerDrop = "approved_owner_drop" (channel, name, dates);
    ApprovedOwnerFailing = "approved_owner_failing" (channel, name);
    // The owner.
    OwnerHelp = "owner_help" (paused);
    OwnerToday = "owner_today" (date, arrivals, departures);
    OwnerQueue = "owner_queue" (count);
    OwnerWhat = "owner_what" (matter);
    OwnerMatter = "owner_matter" (what, reason, reference, date);
    OwnerTransfer = "owner_transfer" (code, name, guest, dates, due);
    OwnerNoBlocks = "owner_no_blocks" ();
    OwnerWhichBlock = "owner_which_block" ();
    OwnerBlockUnclear = "owner_block_unclear" ();
    OwnerDone = "owner_done" (outcome, name, dates, code);
}

impl Key {
    /// The text of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|key| key.as_str() == name)
    }

    /// Whether the platform approves it beforehand: what it approved cannot be changed here.
    pub(crate) fn is_approved(self) -> bool {
        self.as_str().starts_with("approved_")
    }
}
