//! What these pages say.

use domain::WebhookStatus;

use crate::{admin::words::texts, error::Error};

texts! {
    /// The texts of the pages of webhooks.
    WebhookWords {
        lead: "Programas tuyos o de otros a los que se les avisa, firmado, cada cosa que pasa con reservas y pagos. No se les manda ningún dato del huésped.",
            "Programs of yours or of others that are told, with a signature, of whatever happens to reservations and payments. Nothing of a guest's is sent.";
        new: "Nuevo webhook", "New webhook";
        none: "Todavía no hay webhooks", "No webhooks yet";
        url: "Dirección (https)", "Address (https)";
        events: "Eventos", "Events";
        all_events: "Todos", "All of them";
        secret_shown: "Copiá el secreto ahora: no lo volvemos a mostrar.", "Copy the secret now: it is not shown again.";
        secret_new: "Cambiar el secreto", "Replace the secret";
        secret_hint: "Durante un día se firma con los dos.", "For a day both sign.";
        last: "Último aviso recibido", "Last event taken";
        off: "Apagado", "Switched off";
        off_detail: "Dejó de responder por días: no se le manda nada hasta que lo enciendas. Lo que se perdió se puede mandar de nuevo desde acá.",
            "It did not answer for days: nothing is sent until you switch it on. What it missed can be sent again from here.";
        enable: "Encender", "Switch on";
        remove: "Quitar", "Remove";
        sent: "Avisos", "Events";
        sent_none: "Todavía no se mandó nada", "Nothing was sent yet";
        attempts: "intentos", "attempts";
        resend: "Mandar de nuevo", "Send again";
        pending: "Se está enviando", "On its way";
        delivered: "Recibido", "Taken";
        failed: "No se pudo", "Given up";
        name_problem: "El nombre es una línea de hasta 80 letras.", "The name is one line of at most 80 letters.";
        url_problem: "A esa dirección no se le manda nada: tiene que ser https, pública y sin puerto propio.",
            "Nothing is sent to that address: it has to be https, public and without a port of its own.";
        events_problem: "Ese evento no existe.", "There is no such event.";
        full: "Ya hay tantos webhooks como puede haber: quitá uno.", "There are as many webhooks as there may be: remove one.";
    }
}

impl WebhookWords {
    pub(super) const fn status(&self, status: WebhookStatus) -> &'static str {
        match status {
            WebhookStatus::Pending => self.pending,
            WebhookStatus::Delivered => self.delivered,
            WebhookStatus::Failed => self.failed,
        }
    }

    /// What is wrong with a form.
    pub(super) fn problem(&self, error: &Error) -> String {
        match error {
            Error::Invalid { field, .. } if field == "name" => self.name_problem,
            Error::Invalid { field, .. } if field == "events" => self.events_problem,
            Error::Conflict { .. } => self.full,
            _ => self.url_problem,
        }
        .to_owned()
    }
}
