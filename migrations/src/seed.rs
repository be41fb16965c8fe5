//! The demo's cabins. It never overwrites: a row that is there belongs to the owner.

use sea_orm_migration::{
    DbErr,
    sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement},
};

/// The cabins, written as the crate `domain` reads them.
const CABINS: &str = include_str!("seed/cabins.json");

/// The place in the seed that the pictures' address goes to.
const PUBLIC_URL: &str = "{public_url}";

/// A cabin that is already there is left alone, but for where its pictures are served from: that follows the
/// machine, as long as they are still the pictures of the seed.
const INSERT: &str = r"
INSERT INTO accommodations
    (id, name, aliases, kind, capacity, description, amenities, photos, location, access, rates, policies)
SELECT id, name, aliases, kind, capacity, description, amenities, photos, location, access, rates, policies
FROM jsonb_to_recordset($1::jsonb) AS cabin (
    id uuid, name text, aliases jsonb, kind text, capacity smallint, description text, amenities jsonb,
    photos jsonb, location jsonb, access text, rates jsonb, policies jsonb)
ON CONFLICT (id) DO UPDATE SET photos = EXCLUDED.photos
WHERE accommodations.photos <> EXCLUDED.photos
  AND regexp_replace(accommodations.photos::text, 'https?://[^/]+/', '/', 'g')
    = regexp_replace(EXCLUDED.photos::text, 'https?://[^/]+/', '/', 'g')
";

pub(crate) async fn insert(connection: &DatabaseConnection, public_url: &str) -> Result<(), DbErr> {
    let cabins = CABINS.replace(PUBLIC_URL, public_url);
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, INSERT, [cabins.into()]);
    connection.execute_raw(statement).await.map(|_| ())
}
