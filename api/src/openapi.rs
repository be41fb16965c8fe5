//! The description of this interface for machines, and the page that shows it.

use axum::Router;
use utoipa::{
    Modify, OpenApi,
    openapi::{
        ContentBuilder, OpenApi as Document, Ref, Response, ResponseBuilder,
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};
use utoipa_swagger_ui::SwaggerUi;

use crate::{
    accommodations, app::App, audio, availability, codec, exports, feeds, health, nlu, outbound,
    reservations, webhooks,
};

/// Where the document is.
const DOCUMENT: &str = "/api/openapi.json";

/// Where the page is.
const PAGE: &str = "/docs";

/// Every route that is for others.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Posada",
        version = "1",
        description = "Cabins, sold in a WhatsApp chat: the HTTP interface.\n\n\
            Money is whole centavos. A stay is half-open: the guest leaves on `check_out`. \
            Errors are `application/problem+json` with a stable `code` and the `trace_id` that is also in \
            the header `X-Trace-Id`. Public routes take 60 requests a minute from each client.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    servers((url = "/", description = "here")),
    modifiers(&Tokens, &Refusals),
    tags(
        (name = "booking", description = "From a question to a stay"),
        (name = "calendars", description = "For other channels, and for the owner who connects them"),
        (name = "operators", description = "For the owner and staff"),
        (name = "webhooks", description = "For WhatsApp and Mercado Pago"),
        (name = "health", description = "For those who run it"),
    ),
    paths(
        accommodations::list,
        accommodations::show,
        availability::search,
        reservations::place,
        reservations::list,
        reservations::show,
        reservations::cancel,
        reservations::no_show,
        reservations::cancellation,
        reservations::revoke,
        reservations::record_payment,
        reservations::extend,
        reservations::preview_dates,
        reservations::change_dates,
        reservations::confirm,
        exports::serve,
        exports::serve_of,
        exports::list,
        exports::create,
        exports::replace,
        exports::revoke,
        exports::fetches,
        feeds::list,
        feeds::add,
        feeds::show,
        feeds::change,
        feeds::remove,
        feeds::answer_drop,
        feeds::runs,
        feeds::blocks,
        feeds::snapshot,
        feeds::sync,
        feeds::list_conflicts,
        feeds::show_conflict,
        feeds::decide,
        nlu::analyze,
        audio::transcribe,
        outbound::manage::list,
        outbound::manage::add,
        outbound::manage::show,
        outbound::manage::change,
        outbound::manage::remove,
        outbound::manage::enable,
        outbound::manage::replace_secret,
        outbound::manage::deliveries,
        outbound::manage::attempts,
        outbound::manage::resend,
        codec::decode,
        codec::encode,
        webhooks::whatsapp::handshake,
        webhooks::whatsapp::receive,
        webhooks::mercado_pago::receive,
        health::health,
        health::ready,
        health::metrics,
    ),
    components(schemas(outbound::events::EventView))
)]
struct Described;

struct Tokens;

impl Modify for Tokens {
    fn modify(&self, document: &mut Document) {
        let components = document.components.get_or_insert_with(Default::default);
        let bearer = |description: &str| {
            let scheme = HttpBuilder::new()
                .scheme(HttpAuthScheme::Bearer)
                .description(Some(description));
            SecurityScheme::Http(scheme.build())
        };
        components.add_security_scheme(
            "guest",
            bearer("The `guest_token` that came with the reservation."),
        );
        components.add_security_scheme(
            "operator",
            bearer("The operators' token, `POSADA_OPERATOR_TOKEN`, or a token made in the admin pages: one of the scope `read` asks, one of the scope `operate` changes as well."),
        );
    }
}

/// What every route refuses that is given something by a client: said once here, and by the route itself where
/// there is more to say.
struct Refusals;

impl Modify for Refusals {
    fn modify(&self, document: &mut Document) {
        let operations = document
            .paths
            .paths
            .values_mut()
            .flat_map(|path| {
                [
                    &mut path.get,
                    &mut path.post,
                    &mut path.put,
                    &mut path.delete,
                ]
            })
            .flatten();
        for operation in operations {
            let is_given_something =
                operation.parameters.is_some() || operation.request_body.is_some();
            let is_a_providers = operation.tags.iter().flatten().any(|tag| tag == "webhooks");
            if !is_given_something || is_a_providers {
                continue;
            }
            for (status, why) in [
                (
                    "400",
                    "It cannot be read: not JSON, or a query that names a field twice",
                ),
                ("422", "A field that cannot be; `field` names it"),
            ] {
                let responses = &mut operation.responses.responses;
                responses
                    .entry(status.to_owned())
                    .or_insert_with(|| refusal(why).into());
            }
        }
    }
}

fn refusal(why: &str) -> Response {
    let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem")));
    ResponseBuilder::new()
        .description(why)
        .content("application/problem+json", problem.build())
        .build()
}

/// The document.
pub(crate) fn document() -> Document {
    Described::openapi()
}

/// The document and its page, which loads nothing from elsewhere.
pub(crate) fn routes() -> Router<App> {
    SwaggerUi::new(PAGE).url(DOCUMENT, document()).into()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_document_is_what_it_was() {
        insta::assert_json_snapshot!(super::document());
    }
}
