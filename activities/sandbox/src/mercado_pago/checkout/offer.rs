//! What the page lets a payer choose under the terms of a link.

use mercado_pago::PaymentStatus;
use serde::Deserialize;

use crate::mercado_pago::{
    payment::{METHODS, Method},
    preference::Terms,
};

/// One means, with what the demo can make of it.
pub(super) struct Offer {
    pub(super) id: &'static str,
    pub(super) label: &'static str,
    pub(super) hint: &'static str,
    pub(super) buttons: Vec<Button>,
}

/// One way to end the attempt.
pub(super) struct Button {
    pub(super) value: Outcome,
    pub(super) label: &'static str,
}

/// What a payer submits.
#[derive(Deserialize)]
pub(super) struct Choice {
    method: String,
    result: Outcome,
}

/// What becomes of the attempt.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    Approved,
    Rejected,
    InProcess,
    Pending,
}

impl Outcome {
    pub(super) fn status(self) -> PaymentStatus {
        match self {
            Self::Approved => PaymentStatus::Approved,
            Self::Rejected => PaymentStatus::Rejected,
            Self::InProcess => PaymentStatus::InProcess,
            Self::Pending => PaymentStatus::Pending,
        }
    }

    /// The word the form sends.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::InProcess => "in_process",
            Self::Pending => "pending",
        }
    }

    fn label(self, method: &Method) -> &'static str {
        match self {
            Self::Approved => "Pagar",
            Self::Rejected => "Simular un rechazo",
            Self::InProcess => "Simular una revisión",
            Self::Pending if method.kind == "ticket" => "Generar el cupón",
            Self::Pending => "Iniciar la transferencia",
        }
    }
}

impl Offer {
    /// Everything a payer can choose on a link.
    pub(super) fn all(terms: &Terms) -> Vec<Self> {
        let offered = METHODS.iter().filter(|method| is_offered(terms, method));
        offered.map(|method| Self::of(terms, method)).collect()
    }

    /// The choice, if it was offered.
    pub(super) fn chosen(terms: &Terms, choice: &Choice) -> Option<(&'static Method, Outcome)> {
        METHODS
            .iter()
            .filter(|method| is_offered(terms, method))
            .find(|method| method.id == choice.method)
            .filter(|method| outcomes(terms, method).contains(&choice.result))
            .map(|method| (method, choice.result))
    }

    fn of(terms: &Terms, method: &'static Method) -> Self {
        let button = |value: Outcome| Button {
            value,
            label: value.label(method),
        };
        Self {
            id: method.id,
            label: method.label,
            hint: hint(method),
            buttons: outcomes(terms, method).into_iter().map(button).collect(),
        }
    }
}

fn is_offered(terms: &Terms, method: &Method) -> bool {
    let excluded = |id: &str| terms.excluded.iter().any(|excluded| excluded == id);
    !excluded(method.id) && !excluded(method.kind)
}

fn outcomes(terms: &Terms, method: &Method) -> Vec<Outcome> {
    match method.kind {
        "ticket" | "bank_transfer" => vec![Outcome::Pending],
        "account_money" => vec![Outcome::Approved],
        _ if terms.binary_mode => vec![Outcome::Approved, Outcome::Rejected],
        _ => vec![Outcome::Approved, Outcome::Rejected, Outcome::InProcess],
    }
}

fn hint(method: &Method) -> &'static str {
    match method.kind {
        "ticket" => "Pagás en el local; se acredita hasta 2 horas después",
        "bank_transfer" => "Desde tu banco o billetera",
        "account_money" => "Saldo de tu cuenta de Mercado Pago",
        "debit_card" => "Se acredita al instante",
        _ if method.id == "master" => "Mastercard",
        _ => "Visa",
    }
}
