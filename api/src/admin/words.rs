//! What the pages say, in Spanish and in English. A text that is missing in one of them does not compile.

use database::messages::Delivery;
use domain::{
    Channel, Language, Party, ReservationStatus, Role, Scope, ledger::Kind, payment::PaymentStatus,
};

macro_rules! words {
    ($($name:ident: $es:literal, $en:literal;)+) => {
        /// The texts of one language.
        #[derive(Debug)]
        pub(super) struct Words {
            $(pub(super) $name: &'static str,)+
            english: bool,
        }

        static ES: Words = Words { $($name: $es,)+ english: false };
        static EN: Words = Words { $($name: $en,)+ english: true };
    };
}

/// The texts of one part of the pages, beside the page: a struct of texts, of which there are two.
macro_rules! texts {
    ($(#[$doc:meta])* $part:ident { $($name:ident: $es:literal, $en:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub(in crate::admin) struct $part {
            $(pub(in crate::admin) $name: &'static str,)+
        }

        impl $part {
            /// In the language of the page.
            pub(in crate::admin) const fn of(words: &$crate::admin::words::Words) -> &'static Self {
                static ES: $part = $part { $($name: $es,)+ };
                static EN: $part = $part { $($name: $en,)+ };
                if words.is_english() { &EN } else { &ES }
            }
        }
    };
}
pub(in crate::admin) use texts;

words! {
    // The frame.
    html_lang: "es-AR", "en";
    skip: "Ir al contenido", "Skip to content";
    menu: "Secciones", "Sections";
    today: "Hoy", "Today";
    calendar: "Calendario", "Calendar";
    reservations: "Reservas", "Reservations";
    conversations: "Conversaciones", "Conversations";
    chats: "Chats", "Chats";
    channels: "Canales", "Channels";
    queue: "Pendientes", "To decide";
    more: "Más", "More";
    account: "Mi cuenta", "My account";
    team: "Equipo", "Team";
    tokens: "Claves de API", "API tokens";
    trail: "Registro", "Audit trail";
    settings: "Ajustes", "Settings";
    data: "Tus datos", "Your data";
    sign_out: "Salir", "Sign out";
    save: "Guardar", "Save";
    next: "Siguiente", "Next";
    previous: "Anterior", "Previous";
    page: "Página", "Page";
    actions: "Acciones", "Actions";
    // Errors.
    error_forbidden: "No tenés permiso para esto", "You may not do this";
    error_forbidden_detail: "Tu usuario no puede hacerlo, o la página estaba abierta hace demasiado. Volvé a abrirla y probá de nuevo.",
        "Your user may not do it, or the page had been open for too long. Open it again and retry.";
    error_missing: "No encontramos esta página", "We cannot find this page";
    error_missing_detail: "Puede que el enlace esté incompleto o que ya no exista.", "The link may be incomplete, or it is gone.";
    error_away: "No podemos responder en este momento", "We cannot answer right now";
    error_away_detail: "Algo que necesitamos no responde. Probá de nuevo en unos segundos: nada se perdió.",
        "Something we need does not answer. Try again in a few seconds: nothing was lost.";
    error_unread: "No pudimos leer el pedido", "We could not read the request";
    error_unread_detail: "Volvé a la página y probá de nuevo.", "Go back to the page and try again.";
    error_ours: "Algo falló de nuestro lado", "Something failed on our side";
    error_ours_detail: "Ya quedó anotado. Si vuelve a pasar, pasale este número a quien mantiene el sistema.",
        "It has been noted. If it happens again, give this number to whoever looks after the system.";
    error_number: "Número", "Number";
    to_start: "Ir al inicio", "Go to the start page";
    // The door.
    sign_in: "Ingresar", "Sign in";
    sign_in_lead: "Tus cabañas, tus huéspedes y tus reservas en un solo lugar.", "Your cabins, your guests and your reservations in one place.";
    email: "Correo electrónico", "Email";
    password: "Contraseña", "Password";
    code: "Código", "Code";
    code_optional: "(si activaste el segundo paso)", "(if you turned the second step on)";
    code_wanted: "Falta el código de tu teléfono. Escribilo junto con la contraseña.", "The code of your phone is missing. Write it together with the password.";
    wrong_password: "El correo, la contraseña o el código no son correctos.", "The email, the password or the code is not right.";
    wait_seconds: "Demasiados intentos. Probá de nuevo en {} segundos.", "Too many attempts. Try again in {} seconds.";
    // The account.
    account_language: "Idioma de las páginas", "Language of the pages";
    account_password: "Cambiar la contraseña", "Change password";
    password_current: "Contraseña actual", "Current password";
    password_new: "Contraseña nueva", "New password";
    password_repeat: "Repetila", "Repeat it";
    password_hint: "Entre 12 y 200 caracteres. Una frase es fácil de recordar.", "From 12 to 200 characters. A phrase is easy to remember.";
    password_length: "La contraseña debe tener entre 12 y 200 caracteres.", "The password must have from 12 to 200 characters.";
    password_twice: "Las dos contraseñas nuevas no son iguales.", "The two new passwords are not the same.";
    password_not_current: "La contraseña actual no es correcta.", "The current password is not right.";
    account_sessions: "Dónde estás conectado", "Where you are signed in";
    account_sessions_lead: "Si no reconocés alguna, cerrala y cambiá la contraseña.", "If you do not recognise one, end it and change your password.";
    this_session: "esta", "this one";
    end_session: "Cerrar sesión", "End session";
    last_used: "Último uso", "Last used";
    // The team.
    team_lead: "Quién puede entrar y qué puede hacer.", "Who may come in, and what they may do.";
    team_add: "Sumar a alguien", "Add somebody";
    name: "Nombre", "Name";
    role: "Rol", "Role";
    role_owner: "Dueño", "Owner";
    role_staff: "Personal", "Staff";
    role_reader: "Solo lectura", "Read only";
    role_hint: "Dueño: todo. Personal: el día a día. Solo lectura: mirar.", "Owner: everything. Staff: the daily work. Read only: to look.";
    first_password: "Contraseña inicial", "First password";
    add: "Sumar", "Add";
    it_is_you: "vos", "you";
    closed_out: "Sin acceso", "No access";
    close_access: "Quitar acceso", "Remove access";
    open_access: "Devolver acceso", "Restore access";
    change_role: "Cambiar rol", "Change role";
    name_invalid: "Escribí un nombre, en una línea.", "Write a name, on one line.";
    email_invalid: "Ese correo no parece válido.", "That email does not look valid.";
    email_taken: "Ya hay alguien con ese correo.", "Somebody has that email already.";
    role_invalid: "Elegí un rol.", "Choose a role.";
    last_owner: "Tiene que quedar al menos un dueño con acceso.", "At least one owner must keep access.";
    // Tokens.
    tokens_lead: "Para programas que hablan con la API. Cada clave se muestra una sola vez.", "For programs that use the API. Each token is shown once.";
    tokens_new: "Nueva clave", "New token";
    tokens_none: "Todavía no hay claves", "No tokens yet";
    tokens_shown: "Copiala ahora: no la volvemos a mostrar.", "Copy it now: it is not shown again.";
    scope: "Permiso", "Scope";
    scope_read: "Solo consultar", "Read";
    scope_operate: "Consultar y cambiar", "Read and change";
    created: "Creada", "Created";
    never: "nunca", "never";
    revoke: "Anular", "Revoke";
    create: "Crear", "Create";
    // The trail.
    trail_lead: "Todo lo que hizo cada persona y cada programa. No se puede cambiar ni borrar.", "Everything that people and programs did. It cannot be changed or deleted.";
    trail_when: "Cuándo", "When";
    trail_who: "Quién", "Who";
    trail_what: "Qué", "What";
    trail_subject: "Sobre qué", "About";
    trail_before: "Antes", "Before";
    trail_after: "Después", "After";
    trail_none: "Todavía no hay nada", "Nothing yet";
    // Today.
    arriving: "Llegan hoy", "Arriving today";
    arriving_none: "Hoy no llega nadie.", "Nobody arrives today.";
    leaving: "Se van hoy", "Leaving today";
    leaving_none: "Hoy no se va nadie.", "Nobody leaves today.";
    staying: "Alojados", "Staying";
    holds: "Pre-reservas", "Holds";
    holds_none: "No hay pre-reservas esperando la seña.", "No hold is waiting for its deposit.";
    queue_none: "No hay nada que decidir.", "There is nothing to decide.";
    see_all: "Ver todo", "See all";
    until: "hasta el", "until";
    owes: "Debe", "Owes";
    all_paid: "Pagado", "Paid";
    // Lists.
    search: "Buscar", "Search";
    search_hint: "Código, nombre, teléfono o correo", "Code, name, phone or email";
    state: "Estado", "State";
    all: "Todas", "All";
    accommodation: "Alojamiento", "Accommodation";
    from: "Desde", "From";
    to: "Hasta", "To";
    order: "Orden", "Order";
    sort_newest: "Más nuevas", "Newest";
    sort_check_in: "Llegada: antes", "Arrival: soonest";
    sort_check_in_desc: "Llegada: después", "Arrival: latest";
    sort_total: "Monto", "Amount";
    guest: "Huésped", "Guest";
    dates: "Fechas", "Dates";
    total: "Total", "Total";
    made: "Creada", "Made";
    reservations_none: "Todavía no hay reservas", "No reservations yet";
    reservations_none_detail: "Cuando un huésped reserve por WhatsApp va a aparecer acá al instante.", "When a guest books in WhatsApp it shows here at once.";
    nothing_found: "No encontramos nada con esos filtros", "Nothing matches these filters";
    clear_filter: "Quitar filtros", "Clear filters";
    no_name: "Sin nombre", "No name";
    // The calendar.
    view: "Vista", "View";
    fortnight: "2 semanas", "2 weeks";
    month: "Mes", "Month";
    earlier: "Antes", "Earlier";
    later: "Después", "Later";
    legend: "Referencias", "Legend";
    no_accommodations: "Todavía no hay alojamientos", "No accommodations yet";
    block_title: "Bloquear fechas", "Block dates";
    block_do: "Bloquear", "Block";
    block_from: "Bloquear desde", "Block from";
    block_taken: "Esas noches ya están ocupadas.", "Those nights are taken.";
    block_invalid: "Revisá las fechas: la salida va después de la primera noche, hasta 90 noches y no en el pasado.",
        "Check the dates: leaving is after the first night, at most 90 nights, and not in the past.";
    first_night: "Primera noche", "First night";
    leaving_day: "Día de salida", "Leaving day";
    reason: "Motivo", "Reason";
    optional: "(opcional)", "(optional)";
    // A reservation.
    quote: "Precio", "Price";
    deposit: "Seña", "Deposit";
    paid: "Pagado", "Paid";
    owed: "Falta pagar", "Still owed";
    returning: "En devolución", "Being returned";
    arrival: "Llegada", "Arrival";
    departure: "Salida", "Departure";
    party_title: "Personas", "Party";
    phone: "Teléfono", "Phone";
    channel_title: "Canal", "Channel";
    expires: "Vence", "Ends";
    until_time: "Hasta las", "Until";
    cancelled_because: "Motivo de la cancelación", "Reason of the cancellation";
    timeline: "Qué pasó", "What happened";
    timeline_none: "Todavía no pasó nada.", "Nothing has happened yet.";
    money_title: "Cuenta", "Account";
    balance_column: "Saldo", "Balance";
    movement: "Movimiento", "Movement";
    amount: "Monto", "Amount";
    messages: "Mensajes", "Messages";
    messages_none: "No hay mensajes.", "There are no messages.";
    open_conversation: "Ver la conversación", "Open the conversation";
    payment_link: "Enlace de pago", "Payment link";
    act_extend: "Extender la pre-reserva", "Extend the hold";
    act_extend_detail: "15 minutos más, una sola vez.", "15 more minutes, once.";
    act_confirm: "Confirmar con una transferencia", "Confirm with a transfer";
    act_pay: "Registrar un pago", "Record a payment";
    act_link: "Enviar enlace por el saldo", "Send a link over the balance";
    act_cancel: "Cancelar la reserva", "Cancel the reservation";
    act_cancel_sure: "¿Cancelar esta reserva? Las noches quedan libres y el huésped recibe un aviso.", "Cancel this reservation? The nights are freed and the guest is told.";
    act_missed: "No llegó", "Did not come";
    act_missed_sure: "¿Cerrar la reserva porque no llegó? Las noches que quedan se liberan y el huésped recibe un aviso.", "Close the reservation because the guest did not come? The nights that are left are freed and the guest is told.";
    act_missed_kept: "Por la política no se devuelve nada.", "By the policy nothing is given back.";
    act_cancel_refund: "Se devuelve todo lo pagado:", "Everything paid is given back:";
    act_cancel_nothing: "No hay nada que devolver.", "There is nothing to give back.";
    act_dates: "Cambiar las fechas", "Change the dates";
    new_total: "Precio nuevo", "New price";
    difference: "Diferencia", "Difference";
    see_price: "Ver el precio", "See the price";
    act_note: "Agregar una nota", "Add a note";
    note: "Nota", "Note";
    note_invalid: "Escribí la nota, hasta 500 caracteres.", "Write the note, at most 500 characters.";
    in_pesos: "Monto en pesos", "Amount in pesos";
    how_you_know: "Cómo lo sabés", "How you know";
    how_you_know_hint: "Por ejemplo: transferencia del 3/11, vista en el banco", "For example: transfer of 3 Nov, seen at the bank";
    method: "Medio", "Method";
    by_hand: "A mano", "By hand";
    cash: "Efectivo", "Cash";
    transfer: "Transferencia", "Transfer";
    confirm: "Confirmar", "Confirm";
    record: "Registrar", "Record";
    send: "Enviar", "Send";
    reason_needed: "Escribí el motivo, en una línea.", "Write the reason, on one line.";
    amount_invalid: "Escribí el monto en pesos, por ejemplo 14.400,50.", "Write the amount in pesos, for example 14.400,50.";
    not_possible: "La reserva ya no está en un estado que lo permita.", "The reservation is no longer in a state that allows this.";
    not_answered: "No llegó la respuesta. Puede que ya esté hecho: mirá el estado antes de repetir.", "No answer came. It may be done: look at the state before repeating.";
    workflow: "Ver en Temporal", "View in Temporal";
    read_only_hint: "Podés mirar; los cambios los hace el personal.", "You may look; staff make the changes.";
    line_nights: "Noches", "Nights";
    line_weekend: "Noches de fin de semana", "Weekend nights";
    line_holiday: "Noches de feriado", "Holiday nights";
    line_extra_guests: "Personas adicionales", "Extra guests";
    line_pets: "Mascotas", "Pets";
    line_cleaning: "Limpieza", "Cleaning";
    line_discount: "Descuento por estadía", "Length-of-stay discount";
    line_tax: "Impuestos", "Tax";
    // Conversations.
    with_person: "Atiende una persona", "A person answers";
    unread: "Sin leer", "Unread";
    by_us: "Vos:", "You:";
    by_bot: "Bot", "Bot";
    by_staff: "Equipo", "Staff";
    conversations_none: "No hay conversaciones", "No conversations";
    conversations_none_detail: "Cuando alguien escriba por WhatsApp va a aparecer acá.", "When somebody writes in WhatsApp it shows here.";
    older: "Mensajes anteriores", "Older messages";
    take_over: "Atender yo", "Take over";
    hand_back: "Devolver al bot", "Hand back to the bot";
    bot_answers: "Responde el bot", "The bot answers";
    person_answers: "Responde una persona, desde", "A person answers, since";
    window_left: "Se puede escribir por", "You may write for";
    window_closed: "Ventana de 24 h cerrada", "24-hour window closed";
    window_closed_detail: "Pasaron más de 24 horas desde el último mensaje del huésped: WhatsApp solo permite plantillas aprobadas.", "More than 24 hours since the guest's last message: WhatsApp allows approved templates only.";
    opted_out: "No quiere recibir mensajes", "Wants no messages";
    opted_out_detail: "El huésped pidió no recibir más mensajes.", "The guest asked for no more messages.";
    write: "Escribile al huésped", "Write to the guest";
    write_hint: "Al enviar, el bot deja de responder hasta que se lo devuelvas.", "Once you send, the bot is silent until you hand back.";
    text_invalid: "Escribí el mensaje, hasta 4096 caracteres.", "Write the message, at most 4096 characters.";
    transcript: "Se escuchó:", "Heard:";
    // Accommodations and rates.
    rates: "Tarifas", "Rates";
    per_night: "por noche", "a night";
    nightly_rate: "Noche, en pesos", "Night, in pesos";
    weekend_percent: "Fin de semana, en % de la noche", "Weekend, in % of the night";
    cleaning_fee: "Limpieza, por estadía", "Cleaning, a stay";
    pets_fee: "Mascotas, por estadía", "Pets, a stay";
    extra_guest_fee: "Persona adicional, por noche", "Extra guest, a night";
    minimum_nights: "Mínimo de noches", "Minimum nights";
    rates_hint: "Vale para lo que se pida desde ahora: las reservas y pre-reservas conservan su precio.", "For what is asked from now on: reservations and holds keep their price.";
    changed_meanwhile: "Alguien lo cambió mientras lo editabas. Mirá cómo quedó y guardá de nuevo lo que falte.", "Somebody changed it while you were editing. Look at how it is now, and save again what is missing.";
    percent_invalid: "Escribí el porcentaje del fin de semana, entre 50 y 500.", "Write the weekend percentage, from 50 to 500.";
    minimum_invalid: "Escribí el mínimo de noches, entre 1 y 30.", "Write the minimum of nights, from 1 to 30.";
    seasons: "Temporadas", "Seasons";
    closed_season: "Cerrado", "Closed";
    terms: "Condiciones", "Terms";
    hold_lasts: "Duración de la pre-reserva", "A hold lasts";
    free_until: "Cancelación sin cargo hasta", "Free cancellation until";
    given_back_late: "Después se devuelve", "Given back after that";
    check_in_from: "Llegada desde", "Check-in from";
    check_out_by: "Salida hasta", "Check-out by";
    amenities: "Comodidades", "Amenities";
    access_note: "Cómo llegar y entrar", "How to arrive and get in";
    preview: "Calcular un precio", "Preview a price";
    preview_do: "Calcular", "Calculate";
    preview_invalid: "Revisá las fechas y la cantidad de personas.", "Check the dates and the number of guests.";
    with_pets: "Con mascotas", "With pets";
    guests_count: "Personas", "Guests";
    not_for_sale: "No se puede reservar:", "Cannot be booked:";
    refused_past: "es una fecha pasada.", "the date is past.";
    refused_too_soon: "falta muy poco para la llegada.", "the arrival is too soon.";
    refused_too_far: "es demasiado lejos.", "it is too far ahead.";
    refused_too_short: "el mínimo es de", "the minimum is";
    refused_closed: "alguna noche cae en una temporada cerrada.", "some night is in a closed season.";
    refused_too_many: "entran", "it sleeps";
    refused_pets: "no se aceptan mascotas.", "pets are not allowed.";
    refused_taken: "las noches están ocupadas.", "the nights are taken.";
    // Reports.
    reports: "Informes", "Reports";
    lead_time: "Anticipación (la del medio)", "Booked ahead (the middle one)";
    occupancy: "Ocupación", "Occupancy";
    average_rate: "Tarifa media", "Average daily rate";
    per_room: "Ingreso por noche disponible", "Revenue per available night";
    revenue: "Ingresos", "Revenue";
    revenue_by_month: "Ingresos por mes", "Revenue by month";
    accommodations: "Alojamientos", "Accommodations";
    nights_sold: "Noches", "Nights";
    nights_blocked: "Bloqueadas", "Blocked";
    nights_by_channel: "Noches por canal", "Nights by channel";
    funnel: "Del primer mensaje a la seña", "From the first word to the deposit";
    funnel_wrote: "Escribieron", "Wrote";
    funnel_held: "Pre-reservaron", "Held nights";
    funnel_confirmed: "Confirmaron", "Confirmed";
    as_table: "Descargar CSV", "Download CSV";
    // The queue.
    queue_lead: "Lo que ningún programa puede decidir, lo más urgente primero.", "What no program can decide, the most urgent first.";
    due: "Vence", "Due";
    overdue: "Vencido", "Overdue";
    raised: "Desde", "Since";
    look_at_it: "Ver", "Look at it";
    resolution: "Qué decidiste", "What you decided";
    resolution_needed: "Escribí qué decidiste, hasta 300 caracteres.", "Write what you decided, at most 300 characters.";
    resolve: "Resolver", "Resolve";
    payments_title: "Últimos pagos", "Latest payments";
    payments_none: "Todavía no hubo pagos.", "No payments yet.";
    payment: "Pago", "Payment";
    refunded: "Devuelto", "Refunded";
    when: "Cuándo", "When";
}

impl Words {
    /// The texts of a language: Spanish, unless it is English.
    pub(super) fn of(language: Language) -> &'static Self {
        match language {
            Language::En => &EN,
            Language::Es | Language::Pt => &ES,
        }
    }

    pub(super) const fn is_english(&self) -> bool {
        self.english
    }

    pub(super) const fn pick(&self, es: &'static str, en: &'static str) -> &'static str {
        if self.english { en } else { es }
    }

    pub(super) fn role(&self, role: Role) -> &'static str {
        match role {
            Role::Owner => self.role_owner,
            Role::Staff => self.role_staff,
            Role::ReadOnly => self.role_reader,
        }
    }

    pub(super) fn scope(&self, scope: Scope) -> &'static str {
        match scope {
            Scope::Read => self.scope_read,
            Scope::Operate => self.scope_operate,
        }
    }

    pub(super) fn channel(&self, channel: Channel) -> &'static str {
        match channel {
            Channel::WhatsApp => "WhatsApp",
            Channel::Direct => self.pick("Directa", "Direct"),
            Channel::Owner => self.pick("A mano", "By hand"),
            Channel::Calendar => self.pick("Otro canal", "Other channel"),
        }
    }

    pub(super) fn status(&self, status: ReservationStatus) -> &'static str {
        match status {
            ReservationStatus::PreReserved => self.pick("Pre-reserva", "Hold"),
            ReservationStatus::Confirmed => self.pick("Confirmada", "Confirmed"),
            ReservationStatus::Completed => self.pick("Finalizada", "Completed"),
            ReservationStatus::Expired => self.pick("Vencida", "Expired"),
            ReservationStatus::Cancelled => self.pick("Cancelada", "Cancelled"),
            ReservationStatus::NoShow => self.pick("No llegó", "No-show"),
            ReservationStatus::Blocked => self.pick("Bloqueo", "Block"),
        }
    }

    /// Who a stay is of: a guest's name, or where it came from.
    pub(super) fn guest_name(
        &self,
        name: Option<&str>,
        channel: Channel,
        source: Option<&str>,
    ) -> String {
        match (name, channel, source) {
            (Some(name), ..) => name.to_owned(),
            (None, Channel::Calendar, Some(source)) => source.to_owned(),
            (None, Channel::Owner, _) => self.pick("Bloqueo", "Block").to_owned(),
            (None, Channel::Calendar, None) => self.channel(channel).to_owned(),
            (None, Channel::WhatsApp | Channel::Direct, _) => {
                self.pick("Sin nombre", "No name").to_owned()
            }
        }
    }

    /// An event of a reservation's timeline. One that is not known here keeps its own word.
    pub(super) fn event<'a>(&self, kind: &'a str) -> &'a str {
        match kind {
            "held" => self.pick("Se guardaron las noches", "The nights were held"),
            "extended" => self.pick("Se extendió la pre-reserva", "The hold was extended"),
            "confirmed" => self.pick("Se confirmó", "It was confirmed"),
            "completed" => self.pick("Terminó la estadía", "The stay is over"),
            "expired" => self.pick("Venció sin seña", "It ended without a deposit"),
            "cancelled" => self.pick("Se canceló", "It was cancelled"),
            "no_show" => self.pick("El huésped no llegó", "The guest did not arrive"),
            "retaken" => self.pick("Se recuperaron las noches", "The nights were taken again"),
            "dates_changed" => self.pick("Cambiaron las fechas", "The dates changed"),
            "blocked" => self.pick("Se bloquearon las noches", "The nights were blocked"),
            "requested" => self.pick("Alguien lo pidió", "Somebody asked"),
            "note" => self.pick("Nota", "Note"),
            other => other,
        }
    }

    /// What somebody asked of a reservation.
    pub(super) fn request<'a>(&self, act: &'a str) -> &'a str {
        match act {
            "cancel" => self.pick("Cancelar", "Cancel"),
            "extend" => self.pick("Extender", "Extend"),
            "change_dates" => self.pick("Cambiar las fechas", "Change the dates"),
            "confirm" => self.pick("Confirmar a mano", "Confirm by hand"),
            "payment" => self.pick("Registrar un pago", "Record a payment"),
            "revoke" => self.pick("Arrepentimiento de compra", "Revoke the purchase"),
            other => other,
        }
    }

    /// A line of a reservation's account.
    pub(super) fn movement(&self, what: Kind) -> &'static str {
        match what {
            Kind::Charged => self.pick("Estadía", "Stay"),
            Kind::ChargeChanged => self.pick("Cambio de precio", "Change of price"),
            Kind::ChargeReleased => self.pick("Estadía anulada", "Stay released"),
            Kind::PaymentReceived => self.pick("Pago recibido", "Payment received"),
            Kind::RefundCompleted => self.pick("Devolución", "Refund"),
            Kind::ChargedBack => self.pick("Contracargo", "Charged back"),
            Kind::Reimbursed => self.pick("Contracargo ganado", "Dispute won"),
            Kind::Opening => self.pick("Saldo inicial", "Opening balance"),
            Kind::FeeCharged | Kind::PaymentSettled | Kind::RefundDecided | Kind::RefundGivenUp => {
                what.as_str()
            }
        }
    }

    /// A payment's status, and its colour.
    pub(super) fn payment(&self, status: PaymentStatus) -> (&'static str, &'static str) {
        match status {
            PaymentStatus::Pending => (self.pick("Pendiente", "Pending"), "warn"),
            PaymentStatus::Approved => (self.pick("Aprobado", "Approved"), "good"),
            PaymentStatus::Rejected => (self.pick("Rechazado", "Rejected"), "bad"),
            PaymentStatus::Cancelled => (self.pick("Cancelado", "Cancelled"), "calm"),
            PaymentStatus::Refunded => (self.pick("Devuelto", "Refunded"), "info"),
            PaymentStatus::ChargedBack => (self.pick("Contracargo", "Charged back"), "bad"),
        }
    }

    /// How far a message has got.
    pub(super) fn delivery(&self, delivery: Delivery) -> &'static str {
        match delivery {
            Delivery::Composed => self.pick("Por enviar", "To be sent"),
            Delivery::Attempted => self.pick("Enviando", "Sending"),
            Delivery::Accepted => self.pick("En WhatsApp", "At WhatsApp"),
            Delivery::Sent => self.pick("Enviado", "Sent"),
            Delivery::Failed => self.pick("No llegó", "Failed"),
            Delivery::Delivered => self.pick("Entregado", "Delivered"),
            Delivery::Read => self.pick("Leído", "Read"),
            Delivery::Played => self.pick("Escuchado", "Played"),
        }
    }

    /// What a message without words is.
    pub(super) fn kind<'a>(&self, kind: &'a str) -> &'a str {
        match kind {
            "audio" => self.pick("nota de voz", "voice note"),
            "image" => self.pick("foto", "photo"),
            "video" => "video",
            "document" => self.pick("archivo", "file"),
            "sticker" => "sticker",
            "location" => self.pick("ubicación", "location"),
            "contacts" => self.pick("contacto", "contact"),
            "reaction" => self.pick("reacción", "reaction"),
            "template" => self.pick("plantilla", "template"),
            other => other,
        }
    }

    /// Who sleeps there.
    pub(super) fn party(&self, party: Party) -> String {
        let mut text = self.people(party.guests());
        if party.children() > 0 {
            let word = self.pick("menores", "children");
            text.push_str(&format!(" ({} {word})", party.children()));
        }
        if party.pets() {
            text.push_str(self.pick(" y mascotas", " and pets"));
        }
        text
    }

    pub(super) fn nights(&self, nights: u16) -> String {
        let word = match nights {
            1 => self.pick("noche", "night"),
            _ => self.pick("noches", "nights"),
        };
        format!("{nights} {word}")
    }

    pub(super) fn people(&self, people: u8) -> String {
        let word = match people {
            1 => self.pick("persona", "guest"),
            _ => self.pick("personas", "guests"),
        };
        format!("{people} {word}")
    }

    /// A matter of the owner's queue. One that is not known here keeps its own word.
    pub(super) fn matter<'a>(&self, kind: &'a str) -> &'a str {
        match kind {
            "guest_wants_a_person" => self.pick(
                "Un huésped pide hablar con alguien",
                "A guest asks for a person",
            ),
            "turn_failed" => self.pick(
                "Un mensaje quedó sin responder",
                "A message was not answered",
            ),
            "message_not_delivered" => self.pick("Un mensaje no llegó", "A message did not arrive"),
            "answer_not_sent" => self.pick("Una respuesta no salió", "An answer did not go out"),
            "notice_not_sent" => self.pick("Un aviso no salió", "A notice did not go out"),
            "guest_opted_out" => self.pick(
                "El huésped no quiere mensajes",
                "The guest wants no messages",
            ),
            "no_link" => self.pick(
                "No se pudo crear el enlace de pago",
                "No payment link could be made",
            ),
            "unknown_reference" => {
                self.pick("Un pago sin reserva", "A payment without a reservation")
            }
            "wrong_currency" => {
                self.pick("Un pago en otra moneda", "A payment in another currency")
            }
            "wrong_collector" => self.pick("Un pago a otra cuenta", "A payment to another account"),
            "charged_back" | "chargeback" => self.pick("Un contracargo", "A chargeback"),
            "fraud_alert" => self.pick("Una alerta de fraude", "A fraud alert"),
            "claim" => self.pick("Un reclamo", "A claim"),
            "refunded_at_provider" => self.pick(
                "Una devolución hecha en Mercado Pago",
                "A refund made at Mercado Pago",
            ),
            "refund_late" => self.pick("Una devolución demorada", "A refund is late"),
            "refund_failed" => self.pick("Una devolución que falló", "A refund failed"),
            "give_back_by_hand" => self.pick("Hay que devolver a mano", "To be given back by hand"),
            "calendar_conflict" => self.pick("Noches vendidas dos veces", "Nights sold twice"),
            "arrival_doubtful" => self.pick("¿Llegó el huésped?", "Did the guest come?"),
            "webhook_endpoint_disabled" => self.pick(
                "Un webhook dejó de responder",
                "A webhook stopped answering",
            ),
            other => other,
        }
    }

    /// What a matter asks of whoever decides it, where the page says it better than the matter itself.
    pub(super) fn matter_detail(&self, kind: &str) -> Option<&'static str> {
        if self.english {
            return None;
        }
        Some(match kind {
            "guest_wants_a_person" => {
                "Respondele: el bot no contesta por 12 horas, salvo que lo llame."
            }
            "turn_failed" => {
                "Leé la conversación y respondele. Es también una falla para reportar."
            }
            "message_not_delivered" => "Escribile o llamalo.",
            "answer_not_sent" => {
                "Lo que se le respondió no salió en todo un día: leé la conversación y respondele."
            }
            "notice_not_sent" => "Contale lo que el aviso le habría dicho.",
            "guest_opted_out" => "Avisale en persona lo que tenga que saber.",
            "no_link" => "Ofrecele otra forma de pago y confirmá a mano.",
            "unknown_reference" | "wrong_currency" | "wrong_collector" => {
                "Buscá el pago en Mercado Pago y decidí si se devuelve."
            }
            "charged_back" | "chargeback" => {
                "Respondé la disputa en Mercado Pago antes de que venza."
            }
            "fraud_alert" | "claim" => "Mercado Pago lo avisa: respondé allí antes de que venza.",
            "refunded_at_provider" => {
                "Alguien devolvió dinero en Mercado Pago: decidí si la reserva sigue en pie."
            }
            "refund_late" | "refund_failed" => "La devolución no salió: revisala en Mercado Pago.",
            "give_back_by_hand" => "Se pagó por transferencia o en efectivo: devolvelo y anotalo.",
            "arrival_doubtful" => "No pagó el saldo: anotá el pago, o marcá que no llegó.",
            "calendar_conflict" => {
                "El calendario de un canal y una estadía dicen las mismas noches: mové una, devolvé o ignoralo."
            }
            "webhook_endpoint_disabled" => {
                "No recibió nada por días y se apagó. Hacelo arreglar y encendelo en Webhooks: desde ahí se manda de nuevo lo que se perdió."
            }
            _ => return None,
        })
    }

    /// What was just done, by the word that an address carries. Other words say nothing.
    pub(super) fn notice(&self, done: &str) -> Option<&'static str> {
        Some(match done {
            "saved" => self.pick("Guardado.", "Saved."),
            "password" => self.pick(
                "Contraseña cambiada. Las otras sesiones se cerraron.",
                "Password changed. The other sessions have ended.",
            ),
            "factor_off" => self.pick("Segundo paso desactivado.", "Second step turned off."),
            "session" => self.pick("Sesión cerrada.", "Session ended."),
            "held" => self.pick("Las noches quedaron guardadas.", "The nights are held."),
            "asked" => self.pick(
                "Pedido: en unos segundos se sabe si las noches quedaron.",
                "Asked for: in a few seconds you will know whether the nights are held.",
            ),
            "block" => self.pick("Fechas bloqueadas.", "Dates blocked."),
            "extended" => self.pick(
                "La pre-reserva dura 15 minutos más.",
                "The hold lasts 15 more minutes.",
            ),
            "confirmed" => self.pick("Pago anotado.", "Payment noted."),
            "payment" => self.pick("Pago registrado.", "Payment recorded."),
            "dates" => self.pick("Fechas cambiadas.", "Dates changed."),
            "link" => self.pick(
                "El huésped va a recibir el enlace.",
                "The guest will get the link.",
            ),
            "cancelled" => self.pick("Reserva cancelada.", "Reservation cancelled."),
            "missed" => self.pick("Anotado: no llegó.", "Noted: the guest did not come."),
            "sent" => self.pick("Mensaje en camino.", "Message on its way."),
            "taken_over" => self.pick(
                "El bot no responde más acá: te toca a vos.",
                "The bot is silent here: it is your turn.",
            ),
            "handed_back" => self.pick("El bot vuelve a responder.", "The bot answers again."),
            "resolved" => self.pick("Resuelto.", "Resolved."),
            "feed_added" => self.pick("Lo estamos leyendo.", "It is being read."),
            "feed_removed" => self.pick("Calendario quitado.", "Calendar removed."),
            "read" => self.pick("Leído recién.", "Just read."),
            "answered" => self.pick("Anotado.", "Noted."),
            "decided" => self.pick("Anotado.", "Noted."),
            "link_made" => self.pick("Enlace creado.", "Link created."),
            "link_replaced" => self.pick(
                "Enlace cambiado: pegá el nuevo en el canal.",
                "Link replaced: paste the new one at the channel.",
            ),
            "link_revoked" => self.pick("Enlace anulado.", "Link revoked."),
            "member" => self.pick("Ya puede entrar.", "They can sign in now."),
            _ => return None,
        })
    }

    /// An act of the trail.
    pub(super) fn act(&self, act: &str) -> Option<&'static str> {
        Some(match act {
            "user.create" => self.pick("Sumó a alguien", "Added somebody"),
            "user.role" => self.pick("Cambió un rol", "Changed a role"),
            "user.disable" => self.pick("Quitó el acceso", "Removed access"),
            "user.enable" => self.pick("Devolvió el acceso", "Restored access"),
            "user.password" => self.pick("Cambió una contraseña", "Changed a password"),
            "user.second_factor" => self.pick(
                "Cambió el segundo paso de alguien",
                "Changed somebody's second step",
            ),
            "session.begin" => self.pick("Ingresó", "Signed in"),
            "session.end" => self.pick("Cerró una sesión", "Ended a session"),
            "api.request" => self.pick(
                "Pidió un cambio por la API",
                "Asked for a change over the API",
            ),
            "api.refused" => self.pick("La API no lo aceptó", "The API refused it"),
            "user.language" => self.pick("Cambió el idioma", "Changed the language"),
            "block.ask" => self.pick("Pidió bloquear fechas", "Asked to block dates"),
            "block.create" => self.pick("Bloqueó fechas", "Blocked dates"),
            "reservation.extend" => {
                self.pick("Pidió extender una pre-reserva", "Asked to extend a hold")
            }
            "reservation.confirm" => self.pick(
                "Pidió confirmar con un pago a mano",
                "Asked to confirm by hand",
            ),
            "reservation.payment" => {
                self.pick("Pidió registrar un pago", "Asked to record a payment")
            }
            "reservation.offer_balance" => {
                self.pick("Pidió enviar un enlace de pago", "Asked for a payment link")
            }
            "reservation.change_dates" => {
                self.pick("Pidió cambiar las fechas", "Asked to change the dates")
            }
            "reservation.cancel" => self.pick(
                "Pidió cancelar una reserva",
                "Asked to cancel a reservation",
            ),
            "reservation.no_show" => self.pick(
                "Anotó que un huésped no llegó",
                "Noted that a guest did not come",
            ),
            "reservation.note" => self.pick("Agregó una nota", "Added a note"),
            "conversation.take_over" => {
                self.pick("Tomó una conversación", "Took a conversation over")
            }
            "conversation.hand_back" => self.pick(
                "Devolvió una conversación al bot",
                "Handed a conversation back",
            ),
            "conversation.answer" => self.pick("Le escribió a un huésped", "Wrote to a guest"),
            "report.export" => self.pick("Descargó las reservas", "Downloaded the reservations"),
            "accommodation.terms" => {
                self.pick("Cambió tarifas o condiciones", "Changed rates or terms")
            }
            "accommodation.add" => self.pick("Sumó un alojamiento", "Added an accommodation"),
            "accommodation.change" => {
                self.pick("Cambió un alojamiento", "Changed an accommodation")
            }
            "feed.add" => self.pick("Agregó un calendario", "Added a calendar"),
            "feed.settings" => self.pick("Ajustó un calendario", "Changed a calendar's settings"),
            "feed.pause" => self.pick(
                "Pausó o reanudó un calendario",
                "Paused or resumed a calendar",
            ),
            "feed.address" => self.pick(
                "Cambió el enlace de un calendario",
                "Replaced a calendar's link",
            ),
            "feed.read" => self.pick("Pidió leer un calendario", "Asked to read a calendar"),
            "feed.drop" => self.pick(
                "Respondió por noches que faltan",
                "Answered for missing nights",
            ),
            "feed.remove" => self.pick("Quitó un calendario", "Removed a calendar"),
            "export.create" => self.pick("Creó un enlace de calendario", "Created a calendar link"),
            "export.replace" => {
                self.pick("Cambió un enlace de calendario", "Replaced a calendar link")
            }
            "export.revoke" => {
                self.pick("Anuló un enlace de calendario", "Revoked a calendar link")
            }
            "conflict.decide" => self.pick("Decidió un conflicto", "Decided a conflict"),
            "queue.resolve" => self.pick("Resolvió un pendiente", "Resolved a matter"),
            "text.change" => self.pick("Cambió un texto", "Changed a text"),
            "text.restore" => self.pick("Volvió a un texto original", "Restored a text"),
            "holiday.set" => self.pick("Puso un feriado", "Set a holiday"),
            "reservation.place" => self.pick("Pidió una reserva", "Asked for a reservation"),
            "reservation.export" => self.pick("Descargó una reserva", "Downloaded a reservation"),
            "trail.export" => self.pick("Descargó el registro", "Downloaded the trail"),
            "holiday.remove" => self.pick("Quitó un feriado", "Removed a holiday"),
            "token.create" => self.pick("Creó una clave", "Created a token"),
            "token.revoke" => self.pick("Anuló una clave", "Revoked a token"),
            _ => return None,
        })
    }
}
