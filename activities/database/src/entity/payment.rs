//! What the provider says of each payment.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "payments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub code: Option<String>,
    pub status: String,
    pub status_detail: String,
    pub amount_centavos: i64,
    pub refunded_centavos: i64,
    pub fee_centavos: i64,
    pub currency: String,
    pub collector_id: String,
    pub collected: bool,
    pub external_reference: Option<String>,
    pub purpose: Option<String>,
    pub method: String,
    pub approved_at: Option<DateTimeUtc>,
    pub provider_updated_at: DateTimeUtc,
    pub snapshot: Json,
    pub notifications: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
