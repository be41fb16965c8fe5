//! A picture of a receipt moves nothing.

use anyhow::Result;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;

use crate::{booking::books, house::House};

/// The smallest picture there is.
const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\0\x01\0\0\x05\0\x01\r\n-\xb4\0\0\0\0IEND\xaeB`\x82";

#[tokio::test]
async fn a_picture_of_a_receipt_is_answered_kindly_and_confirms_nothing() -> Result<()> {
    let house = House::opens().await?;
    let mut ana = house.guest("Ana");
    let code = books(&mut ana).await?;
    let picture = json!({ "image": STANDARD.encode(PICTURE), "caption": "ahí va el comprobante, ya pagué la seña" });
    ana.sends(picture).await?;
    let answer = ana.hears_text("comprobante").await?;
    assert!(answer.text().contains("Gracias"), "{}", answer.text());
    house.sees(&code, "pre_reserved").await?;
    house.counts("payments", 0, "payments").await?;
    let paid = format!("reservations WHERE code = '{code}' AND paid_centavos = 0");
    house.counts("holds with nothing paid", 1, &paid).await?;

    house.pays_by_card(&code).await?;
    house.sees(&code, "confirmed").await?;
    house.audit().await
}
