//! What the settings say.

use crate::admin::words::texts;

texts! {
    /// The texts of the settings, in one language.
    SettingsWords {
        policies_lead: "Seña, espera, cancelación y horarios de cada alojamiento.", "Deposit, hold, cancellation and times of each accommodation.";
        texts: "Textos del bot", "What the bot says";
        texts_lead: "Lo que leen tus huéspedes, en tres idiomas. Un cambio vale desde el mensaje siguiente.", "What your guests read, in three languages. A change holds from the next message on.";
        texts_none: "Ningún texto dice eso.", "No text says that.";
        texts_search: "Buscar en los textos", "Search the texts";
        search: "Buscar", "Search";
        language: "Idioma", "Language";
        portuguese: "Portugués", "Portuguese";
        spanish: "Español", "Spanish";
        english: "Inglés", "English";
        own: "Tuyo", "Yours";
        text: "Texto", "Text";
        text_hint: "Lo que está entre llaves lo completa el sistema: {{ name }} es un dato, {% if … %} elige qué se dice.", "What is in braces is filled in: {{ name }} is a value, {% if … %} chooses what is said.";
        label_hint: "Es el título de un botón o de una fila.", "It is the title of a button or a row.";
        at_most: "Caracteres, como máximo:", "Characters at most:";
        may_say: "Puede usar", "It may use";
        must_say: "Tiene que decir", "It must say";
        preview: "Ver cómo queda", "See how it reads";
        previewed: "Así lo lee el huésped", "This is what the guest reads";
        previewed_hint: "Con datos de ejemplo; si hay más de uno, según el caso.", "With examples for values; where there are several, it depends on the case.";
        restore: "Volver al original", "Back to the original";
        restore_sure: "¿Dejar de usar tu texto?", "Stop using your text?";
        original: "El original", "The original";
        not_said: "No se guardó: falta decir", "It was not saved: it does not say";
        not_given: "No se guardó: este texto no tiene el dato", "It was not saved: this text is not given";
        broken: "No se guardó: las llaves no se entienden. Fijate que cada {% if %} tenga su {% endif %}.", "It was not saved: the braces cannot be read. See that each {% if %} has its {% endif %}.";
        length: "No se guardó: está vacío o es demasiado largo.", "It was not saved: it is empty or too long.";
        part_chat: "Charla", "Chat";
        part_booking: "Reservar", "Booking";
        part_own: "Sus reservas", "Their reservations";
        part_browse: "Los alojamientos", "The accommodations";
        part_line: "Renglones", "Lines";
        part_notices: "Avisos", "Notices";
        part_owner: "A vos", "To you";
        part_labels: "Botones", "Buttons";
        holidays: "Feriados", "Holidays";
        holidays_lead: "Los días que se cobran como feriado. Corregilos cuando el gobierno los mueva; lo ya reservado no cambia de precio.", "The days that are charged as holidays. Correct them when the government moves them; what is booked keeps its price.";
        holidays_none: "No hay feriados de hoy en adelante.", "There are no holidays from today on.";
        holiday_add: "Sumar un feriado", "Add a holiday";
        holiday_day: "Día", "Day";
        holiday_name: "Cómo se llama", "What it is called";
        holiday_remove: "Quitar", "Remove";
        holiday_remove_sure: "¿Quitar este feriado? Las noches nuevas se cobran como un día común.", "Remove this holiday? New nights are charged as an ordinary day.";
        holiday_day_invalid: "Elegí un día, de hoy en adelante.", "Choose a day, from today on.";
        templates: "Plantillas de WhatsApp", "WhatsApp templates";
        templates_lead: "Lo único que se puede enviar pasadas 24 horas. Meta las aprueba, por eso no se cambian acá.", "All that may be sent after 24 hours. Meta approves them, so they are not changed here.";
        template_silent: "Sin novedades", "No news";
        template_approved: "Aprobada", "Approved";
        template_pending: "En revisión", "In review";
        template_rejected: "Rechazada", "Rejected";
        template_paused: "Pausada", "Paused";
        templates_hint: "El estado es lo último que Meta avisó. \"Sin novedades\" quiere decir que no avisó nada.", "The state is the last that Meta told. \"No news\" means that it told nothing.";
    }
}
