//! Single words, and the titles of buttons and rows.

/// Defines [`Label`]: a word or title per line, with the most characters it may have.
macro_rules! labels {
    ($($name:ident = $word:literal $max:literal;)+) => {
        /// A word or title. Its name in `labels.txt` is the same word in lower case.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum Label {
            $($name),+
        }

        impl Label {
            /// Every label.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Its name in `labels.txt`.
            pub(crate) const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }

            /// The most characters it may have: 20 on a button, 24 on a row.
            pub(crate) const fn max(self) -> usize {
                match self { $(Self::$name => $max),+ }
            }
        }
    };
}

labels! {
    Weekdays = "weekdays" 40;
    Range = "range" 4;
    Night = "night" 12;
    Nights = "nights" 12;
    Guest = "guest" 12;
    Guests = "guests" 12;
    Child = "child" 12;
    Children = "children" 12;
    WithPets = "with_pets" 16;
    FromPrice = "from_price" 12;
    Accommodation = "accommodation" 20;
    DearGuest = "dear_guest" 20;
    MenuOpen = "menu_open" 20;
    Menu = "menu" 20;
    Availability = "availability" 20;
    AvailabilityRow = "availability_row" 24;
    Mine = "mine" 20;
    Photos = "photos" 20;
    Amenities = "amenities" 20;
    Location = "location" 20;
    Times = "times" 20;
    Pets = "pets" 20;
    Policies = "policies" 24;
    Person = "person" 20;
    Resume = "resume" 20;
    OptIn = "opt_in" 20;
    OffersOpen = "offers_open" 20;
    DatesOpen = "dates_open" 20;
    GuestsOpen = "guests_open" 20;
    PlacesOpen = "places_open" 20;
    ReservationsOpen = "reservations_open" 20;
    Pick = "pick" 20;
    Confirm = "confirm" 20;
    Change = "change" 20;
    Dismiss = "dismiss" 20;
    OtherDates = "other_dates" 20;
    OtherParty = "other_party" 20;
    OtherPlace = "other_place" 20;
    WithoutPets = "without_pets" 20;
    Retry = "retry" 20;
    PayDeposit = "pay_deposit" 20;
    PayTotal = "pay_total" 20;
    PayBalance = "pay_balance" 20;
    Extend = "extend" 20;
    Cancel = "cancel" 20;
    CancelYes = "cancel_yes" 20;
    CancelNo = "cancel_no" 20;
    RevokeYes = "revoke_yes" 20;
    Modify = "modify" 20;
    ChangeDates = "change_dates" 20;
    ChangeYes = "change_yes" 20;
    ChangeNo = "change_no" 20;
    OneNightMore = "one_night_more" 20;
    Waitlist = "waitlist" 20;
    LeaveWaitlist = "leave_waitlist" 20;
    Decline = "decline" 20;
    OwnerToday = "owner_today" 20;
    OwnerQueue = "owner_queue" 20;
    OwnerMore = "owner_more" 20;
    OwnerSee = "owner_see" 20;
    OwnerPause = "owner_pause" 20;
    OwnerResume = "owner_resume" 20;
    OwnerConfirm = "owner_confirm" 20;
    OwnerResolved = "owner_resolved" 20;
    OwnerRefunded = "owner_refunded" 20;
    OwnerMove = "owner_move" 20;
    OwnerIgnore = "owner_ignore" 20;
    OwnerFree = "owner_free" 20;
    OwnerKeep = "owner_keep" 20;
    OwnerTakeOver = "owner_take_over" 20;
    OwnerHandBack = "owner_hand_back" 20;
    HowToArrive = "how_to_arrive" 20;
    View = "view" 20;
    StatusPreReserved = "status_pre_reserved" 20;
    StatusConfirmed = "status_confirmed" 20;
    StatusCompleted = "status_completed" 20;
    StatusExpired = "status_expired" 20;
    StatusCancelled = "status_cancelled" 20;
    StatusNoShow = "status_no_show" 20;
}
