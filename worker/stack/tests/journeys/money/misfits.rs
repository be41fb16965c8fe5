//! Money that fits nowhere: nobody's reservation is touched, and the owner has it with a deadline.

use anyhow::Result;
use serde_json::json;
use tokio::try_join;

use crate::house::House;

#[tokio::test]
async fn what_fits_nowhere_is_put_to_the_owner_with_a_reason_and_a_deadline() -> Result<()> {
    let house = House::opens().await?;
    try_join!(
        is_put_to_the_owner(&house, 0, "wrong_currency", json!({ "currency_id": "USD" })),
        is_put_to_the_owner(&house, 1, "wrong_collector", json!({ "collector_id": 999 })),
        is_put_to_the_owner(
            &house,
            2,
            "unknown_reference",
            json!({ "external_reference": "RES270101ABCDEF" })
        ),
    )?;
    house.audit().await
}

async fn is_put_to_the_owner(
    house: &House,
    week: u64,
    kind: &str,
    payment: serde_json::Value,
) -> Result<()> {
    let ana = house.payer("Ana", week).await?;
    let payment = ana.pays(house, payment).await?;
    house.owner_is_asked(kind, &payment).await?;
    ana.has_paid(house, 0).await?;
    ana.is(house, "pre_reserved").await?;
    house.goes_back(&payment, 0).await?;
    // The hold is as good as before.
    ana.pays_by_card(house).await?;
    ana.is(house, "confirmed").await?;
    ana.has_paid(house, ana.deposit).await
}
