//! What the pages about other channels say.

use calendars::{Channel, Status};

use crate::admin::words::{Words, texts};

texts! {
    /// The texts about channels, in one language.
    ChannelWords {
        lead: "Los calendarios de Airbnb, Booking y otros que leemos, y los enlaces para que ellos lean el tuyo.",
            "The calendars of Airbnb, Booking and others that we read, and the links by which they read yours.";
        add: "Agregar un calendario", "Add a calendar";
        none: "Todavía no leemos ningún calendario de este alojamiento.", "We read no calendar of this accommodation yet.";
        conflicts: "Noches vendidas dos veces", "Nights sold twice";
        conflicts_none: "Ninguna noche está vendida dos veces.", "No night is sold twice.";
        feeds: "Calendarios que leemos", "Calendars we read";
        links: "Enlaces para otros canales", "Links for other channels";
        links_lead: "Pegalos en cada canal como calendario importado. Quien tenga el enlace ve qué noches están ocupadas.",
            "Paste each at its channel as an imported calendar. Whoever has the link sees which nights are taken.";
        links_hidden: "Los enlaces los ve el personal.", "Staff see the links.";
        link_for: "Enlace para", "Link for";
        new_link: "Crear enlace", "Create link";
        copy: "Copiar", "Copy";
        copied: "Copiado", "Copied";
        rotate: "Cambiar", "Replace";
        rotate_sure: "¿Cambiar el enlace? El anterior deja de andar en el acto: hay que pegar el nuevo en el canal.",
            "Replace the link? The old one stops at once: paste the new one at the channel.";
        revoke: "Anular", "Revoke";
        revoke_sure: "¿Anular el enlace? El canal deja de ver tus noches ocupadas.", "Revoke the link? The channel no longer sees your taken nights.";
        read_last: "Lo leyeron", "Read";
        never_read: "Todavía no lo leyó nadie", "Nobody has read it yet";
        general: "Cualquier otro", "Anybody else";
        channel: "Canal", "Channel";
        address: "Enlace del calendario", "Link of the calendar";
        address_hint: "El enlace de exportación iCal que muestra el canal. Empieza con https:// o webcal://.",
            "The iCal export link that the channel shows. It begins with https:// or webcal://.";
        look: "Probar antes de agregar", "Try before adding";
        look_again: "Probar de nuevo", "Try again";
        found: "Esto es lo que dice el calendario", "This is what the calendar says";
        nights_taken: "Noches ocupadas desde hoy", "Nights taken from today";
        would_take: "Estadías y bloqueos que vamos a tomar", "Stays and blocks that we will take";
        clashes: "Se pisan con lo tuyo", "They clash with yours";
        clashes_none: "No se pisa con nada tuyo.", "Nothing of yours clashes.";
        odd: "Cosas raras en el calendario", "Odd things in the calendar";
        add_it: "Agregar y leerlo desde ahora", "Add it, and read it from now on";
        age: "Antigüedad de los datos", "Age of the data";
        last_try: "Última lectura", "Last try";
        next_try: "Próxima lectura", "Next try";
        next_paused: "está en pausa", "it is paused";
        failures: "Fallas seguidas", "Failures in a row";
        never: "todavía nunca", "never yet";
        soon: "enseguida", "any moment";
        read_now: "Leer ahora", "Read now";
        pause: "Pausar", "Pause";
        resume: "Reanudar", "Resume";
        paused_hint: "En pausa no se lee. Lo que dijo hasta ahora sigue ocupado.", "While paused it is not read. What it said so far stays taken.";
        settings: "Ajustes", "Settings";
        interval: "Cada cuántos minutos se lee (5 a 15)", "Minutes between readings (5 to 15)";
        fresh: "Antes de vender, releer si pasaron más de (minutos)", "Before selling, read again if older than (minutes)";
        drop_hold: "Caída sospechosa: esperar antes de creerla (minutos)", "Suspicious drop: wait before believing it (minutes)";
        rule_blocks: "Ocupar lo que el canal cierra por sus reglas", "Take what the channel closes by its rules";
        tentative_blocks: "Ocupar lo tentativo", "Take what is tentative";
        free_all_day_blocks: "Ocupar eventos de día entero marcados como libres", "Take all-day events marked as free";
        ignore_summary: "Ignorar eventos con hora cuyo título coincida con", "Ignore timed events whose title matches";
        new_address: "Cambiar el enlace", "Replace the link";
        release_old: "Liberar lo que decía el enlace anterior (era de otro alojamiento)", "Release what the old link said (it was another listing's)";
        remove: "Quitar este calendario", "Remove this calendar";
        remove_lead: "¿Qué pasa con las noches que dijo que estaban ocupadas?", "What becomes of the nights it said were taken?";
        remove_keep: "Siguen ocupadas", "They stay taken";
        remove_release: "Quedan libres", "They are free";
        remove_needed: "Decí qué pasa con sus noches.", "Say what becomes of its nights.";
        drop_title: "De golpe faltan muchas noches", "Many nights are missing at once";
        drop_lead: "El canal dejó de nombrar noches que daba por ocupadas. No liberamos ninguna hasta que respondas, o hasta que pase el tiempo de espera.",
            "The channel no longer names nights that it said were taken. We release none until you answer, or until the waiting time is over.";
        drop_free: "Están libres", "They are free";
        drop_keep: "Siguen ocupadas", "They are still taken";
        drop_kept: "Dijiste que siguen ocupadas.", "You said that they are still taken.";
        runs: "Últimas lecturas", "Last readings";
        runs_none: "Todavía no se leyó.", "It was not read yet.";
        blocks: "Noches que dice ocupadas", "Nights it says are taken";
        blocks_none: "No dice ocupada ninguna noche.", "It says that no night is taken.";
        echo: "es nuestra", "it is ours";
        waiting: "falta, por liberarse", "missing, to be released";
        held: "falta, retenida", "missing, held";
        unsettled: "Revisá los números: están fuera de lo permitido.", "Check the numbers: they are out of bounds.";
        pattern_invalid: "Ese texto a ignorar no se entiende como expresión.", "That text to ignore cannot be read as a pattern.";
        exists: "Este alojamiento ya tiene ese calendario.", "This accommodation has that calendar already.";
        // Conflicts.
        conflict: "Conflicto", "Conflict";
        since: "Desde", "Since";
        our_side: "De nuestro lado", "Our side";
        their_side: "Del otro lado", "The other side";
        decide: "Qué hacer", "What to do";
        do_move: "Mover la nuestra", "Move ours";
        do_move_detail: "Nuestra estadía pasa a las fechas que elijas, a su precio, y el huésped se entera. Si preferís mover la otra, hacelo en su canal: el conflicto se cierra solo cuando las noches dejan de pisarse.",
            "Our stay moves to the dates you choose, at their price, and the guest is told. To move the other one, do it at its channel: the conflict closes by itself when the nights are no longer shared.";
        do_refund: "Devolver y pedir disculpas", "Refund and apologise";
        do_refund_detail: "Cancelamos nuestra reserva, devolvemos todo lo pagado y le escribimos al huésped con disculpas y otras opciones.",
            "We cancel our reservation, give everything back, and write to the guest with an apology and other choices.";
        do_refund_sure: "¿Cancelar la reserva y devolver todo? No se puede deshacer.", "Cancel the reservation and give everything back? This cannot be undone.";
        do_ignore: "No es un conflicto", "It is no conflict";
        do_ignore_detail: "Por ejemplo, es la misma estadía cargada dos veces. No te avisamos más.", "For example the same stay entered twice. You are not told again.";
        no_stay_of_ours: "Los dos lados son de otros canales: cancelá una de las dos allí.", "Both sides are other channels': cancel one of the two there.";
        over: "Las noches ya no se pisan.", "The nights are no longer shared.";
        undecided: "Por decidir", "To decide";
        decided: "Decidido", "Decided";
    }
}

impl ChannelWords {
    /// What a feed's state is called, and its colour.
    pub(super) const fn status(&self, t: &Words, status: Status) -> (&'static str, &'static str) {
        match status {
            Status::New => (t.pick("Nuevo", "New"), "info"),
            Status::Ok => (t.pick("Al día", "Up to date"), "good"),
            Status::Failing => (t.pick("Falla", "Failing"), "bad"),
            Status::NeedsAttention => (
                t.pick("Necesita un enlace nuevo", "Needs a new link"),
                "bad",
            ),
            Status::SuspiciousDrop => (
                t.pick("Esperando tu respuesta", "Waits for your answer"),
                "warn",
            ),
        }
    }

    /// What somebody else calls their house.
    pub(super) const fn name(&self, t: &Words, channel: Channel) -> &'static str {
        match channel {
            Channel::Airbnb => "Airbnb",
            Channel::Booking => "Booking.com",
            Channel::Vrbo => "Vrbo",
            Channel::Google => "Google Calendar",
            Channel::Other => t.pick("Otro", "Other"),
        }
    }

    /// How a run ended. A word that is not known here stays.
    pub(super) fn outcome<'a>(&self, t: &Words, outcome: &'a str) -> &'a str {
        match outcome {
            "applied" => t.pick("Con cambios", "With changes"),
            "unchanged" | "not_modified" => t.pick("Sin cambios", "No changes"),
            "held" => t.pick("Retenida", "Held"),
            "superseded" => t.pick("Reemplazada", "Superseded"),
            "failed" => t.pick("Falló", "Failed"),
            other => other,
        }
    }

    /// What a block is.
    pub(super) fn kind<'a>(&self, t: &Words, kind: &'a str) -> &'a str {
        match kind {
            "reservation" => t.pick("Reserva", "Reservation"),
            "hold" => t.pick("Pre-reserva", "Hold"),
            "rule" => t.pick("Cerrado por el canal", "Closed by the channel"),
            "block" => t.pick("Bloqueo", "Block"),
            "unknown" => t.pick("Ocupado", "Taken"),
            other => other,
        }
    }

    /// What is wrong with a calendar, and what helps.
    pub(super) fn problem(&self, t: &Words, code: &str) -> &'static str {
        match code {
            "not_a_calendar" => t.pick(
                "Detrás del enlace no hay un calendario. Copiá el enlace de exportación iCal, no el de la página.",
                "What is behind the link is no calendar. Copy the link of the iCal export, not of the page.",
            ),
            "truncated" | "cut_off" | "connection" => t.pick(
                "El calendario llegó cortado. Probá de nuevo en un rato.",
                "The calendar broke off. Try again in a moment.",
            ),
            "limits_exceeded" => t.pick(
                "Es más grande de lo que puede ser un calendario.",
                "It is larger than a calendar may be.",
            ),
            "dns" => t.pick(
                "No existe esa dirección: revisá que esté bien escrita.",
                "There is no such address: look for a typing error.",
            ),
            "refused" => t.pick(
                "El canal no acepta más este enlace. Hacé uno nuevo allí y pegalo acá.",
                "The channel does not accept this link any more. Make a new one there and paste it here.",
            ),
            "busy" => t.pick(
                "El canal pide que esperemos. Seguimos probando solos.",
                "The channel asks us to wait. We go on trying by ourselves.",
            ),
            "tls" => t.pick(
                "El certificado del canal no es confiable.",
                "The channel's certificate cannot be trusted.",
            ),
            "timeout" | "status" => t.pick(
                "El canal no respondió bien. Seguimos probando solos.",
                "The channel did not answer well. We go on trying by ourselves.",
            ),
            "forbidden_address" | "forbidden_redirect" | "url_address" | "too_many_redirects" => t
                .pick(
                    "El enlace tiene que llevar a un servidor público.",
                    "The link must lead to a public server.",
                ),
            _ => t.pick(
                "No pudimos leer el calendario detrás de ese enlace.",
                "We could not read the calendar behind that link.",
            ),
        }
    }
}
