//! What can be booked.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "accommodations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub name: String,
    pub aliases: Json,
    pub kind: String,
    pub capacity: i16,
    pub description: String,
    pub amenities: Json,
    pub photos: Json,
    pub location: Json,
    pub access: String,
    pub time_zone: String,
    pub rates: Json,
    pub policies: Json,
    pub active: bool,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
