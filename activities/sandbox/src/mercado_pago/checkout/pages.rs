//! The pages as HTML, from templates that escape what they are given.

use std::sync::LazyLock;

use mercado_pago::PaymentStatus;
use minijinja::{Environment, Value, context};

use super::offer::{Button, Offer};
use crate::mercado_pago::{display, payment::Payment, preference::Preference};

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    for (name, source) in [
        (
            "base.html",
            include_str!("../../../templates/checkout/base.html"),
        ),
        (
            "checkout.html",
            include_str!("../../../templates/checkout/checkout.html"),
        ),
        (
            "result.html",
            include_str!("../../../templates/checkout/result.html"),
        ),
        (
            "message.html",
            include_str!("../../../templates/checkout/message.html"),
        ),
    ] {
        environment
            .add_template(name, source)
            .expect("the templates are part of the program and tested");
    }
    environment
});

/// Where a payer chooses how to pay.
pub(super) fn checkout(preference: &Preference, paid: bool) -> String {
    let terms = &preference.terms;
    let total = display::pesos(terms.total);
    render(
        "checkout.html",
        context! {
            preference_id => preference.id.as_str(),
            title => terms.title.as_str(),
            total,
            reference => terms.external_reference.as_deref(),
            closes_at => terms.closes_at.map(display::moment),
            offers => Offer::all(terms).iter().map(offer).collect::<Vec<_>>(),
            paid,
        },
    )
}

/// What became of a payment.
pub(super) fn result(payment: &Payment, retry: bool) -> String {
    let (mood, title) = match payment.status {
        PaymentStatus::Approved => ("good", "¡Listo! Se acreditó tu pago"),
        PaymentStatus::Rejected => ("bad", "Tu pago fue rechazado"),
        PaymentStatus::InProcess => ("wait", "Estamos procesando tu pago"),
        PaymentStatus::Pending if payment.method.kind == "ticket" => {
            ("wait", "Tu cupón está listo para pagar")
        }
        PaymentStatus::Pending => ("wait", "Esperamos tu transferencia"),
        PaymentStatus::Refunded => ("wait", "Este pago fue devuelto"),
        PaymentStatus::Cancelled => ("bad", "Este pago fue anulado"),
        _ => ("wait", "Este pago está en revisión"),
    };
    let voucher = payment.status == PaymentStatus::Pending && payment.method.is_offline();
    render(
        "result.html",
        context! {
            mood,
            title,
            total => display::pesos(payment.amount),
            method => payment.method.label,
            payment_id => payment.id.get(),
            preference_id => payment.preference_id.as_str(),
            voucher,
            voucher_expires => payment.voucher_expires.map(display::moment),
            is_cash => payment.method.kind == "ticket",
            reason => reason(payment),
            retry => retry && payment.status == PaymentStatus::Rejected,
        },
    )
}

/// Why a payment was refused, as far as a payer is told.
fn reason(payment: &Payment) -> Option<&'static str> {
    let refused = payment.status == PaymentStatus::Rejected;
    refused.then_some(match payment.status_detail.as_str() {
        "cc_rejected_insufficient_amount" => "La tarjeta no tiene saldo suficiente.",
        "cc_rejected_call_for_authorize" => "Tu banco pide que autorices el pago.",
        "cc_rejected_bad_filled_security_code" => "El código de seguridad no coincide.",
        _ => "Probá con otro medio de pago.",
    })
}

/// A page that only says something.
pub(super) fn message(title: &str, text: &str) -> String {
    render("message.html", context! { title, text })
}

fn offer(offer: &Offer) -> Value {
    let button = |button: &Button| context! { value => button.value.word(), label => button.label };
    context! {
        id => offer.id,
        label => offer.label,
        hint => offer.hint,
        outcomes => offer.buttons.iter().map(button).collect::<Vec<_>>(),
    }
}

fn render(name: &str, values: Value) -> String {
    TEMPLATES
        .get_template(name)
        .and_then(|template| template.render(values))
        .expect("every template is given the values it names")
}
