//! What was said, in and out.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "messages")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub seq: i64,
    pub guest_id: Uuid,
    pub direction: String,
    pub kind: String,
    pub content: Json,
    pub hearing: Option<Json>,
    pub wamid: Option<String>,
    pub status: String,
    pub error_code: Option<i32>,
    pub error: Option<String>,
    pub step: Option<String>,
    pub provider_timestamp: Option<DateTimeUtc>,
    pub attempted_at: Option<DateTimeUtc>,
    pub accepted_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
