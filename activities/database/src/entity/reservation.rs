//! Everything that occupies nights. The column period is computed by Postgres and never read.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "reservations")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub code: String,
    pub accommodation_id: Uuid,
    pub guest_id: Option<Uuid>,
    pub check_in: Date,
    pub check_out: Date,
    pub guests: i16,
    pub children: i16,
    pub pets: bool,
    pub quote: Json,
    pub total_centavos: i64,
    pub deposit_centavos: i64,
    pub paid_centavos: i64,
    pub currency: String,
    pub reservation_status: String,
    pub channel: String,
    pub expires_at: Option<DateTimeUtc>,
    pub extended: bool,
    pub cancel_reason: Option<String>,
    pub source: Option<String>,
    pub external_key: Option<String>,
    pub created_at: DateTimeUtc,
    pub confirmed_at: Option<DateTimeUtc>,
    pub cancelled_at: Option<DateTimeUtc>,
    pub completed_at: Option<DateTimeUtc>,
    pub expired_at: Option<DateTimeUtc>,
    pub terms: Option<Json>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
