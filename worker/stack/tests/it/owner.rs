//! The owner's command line, typed in a house that does not run.

use std::{fs, path::PathBuf};

use sea_orm::{ConnectionTrait as _, DatabaseBackend, Statement};
use stack::{Database, posada};

/// A folder for one test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let name = format!("posada-backups-{:016x}", rand::random::<u64>());
        Self(std::env::temp_dir().join(name))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

async fn asks(database: &Database, arguments: &[&str]) -> (Option<i32>, String) {
    let variables = [("DATABASE_URL".to_owned(), database.url().to_owned())];
    posada(arguments, variables).await.unwrap()
}

async fn does(database: &Database, arguments: &[&str]) -> String {
    let (code, said) = asks(database, arguments).await;
    assert_eq!(code, Some(0), "{arguments:?}: {said}");
    said
}

/// What a question to the database answers, as text.
async fn text(database: &Database, question: &str) -> String {
    let connection = sea_orm::Database::connect(database.url()).await.unwrap();
    let statement = Statement::from_string(DatabaseBackend::Postgres, question.to_owned());
    let row = connection.query_one_raw(statement).await.unwrap().unwrap();
    connection.close().await.unwrap();
    row.try_get_by_index(0).unwrap()
}

const CABINS: &str = "SELECT string_agg(name, ', ' ORDER BY name) FROM accommodations";

#[tokio::test]
async fn a_backup_comes_back_as_it_was() {
    let (house, folder) = (
        Database::seeded("http://localhost").await.unwrap(),
        Folder::new(),
    );
    let cabins = text(&house, CABINS).await;
    let said = does(&house, &["backup", folder.0.to_str().unwrap()]).await;
    let backup = said.trim();

    // Nothing is thrown away unasked.
    let (code, said) = asks(&house, &["restore", backup]).await;
    assert_eq!(code, Some(2));
    assert!(
        said.contains("not empty") && said.contains("--replace"),
        "{said}"
    );

    house.execute("DELETE FROM accommodations").await.unwrap();
    let said = does(&house, &["restore", backup, "--replace"]).await;
    assert!(said.contains("posada.dump is restored"), "{said}");
    assert!(said.contains("Start Temporal"), "what comes next: {said}");
    assert_eq!(text(&house, CABINS).await, cabins);
    // The judge of double booking came along, and the next worker knows what it has to do.
    let judge =
        "SELECT count(*)::text FROM pg_constraint WHERE conname = 'no_overlap_reservations'";
    assert_eq!(text(&house, judge).await, "1");
    let open = "SELECT count(*)::text FROM restores WHERE begun_anew_at IS NULL";
    assert_eq!(text(&house, open).await, "1");
}

#[tokio::test]
async fn temporals_own_databases_go_along() {
    let (house, temporal, lists, folder) = (
        Database::migrated().await.unwrap(),
        Database::migrated().await.unwrap(),
        Database::migrated().await.unwrap(),
        Folder::new(),
    );
    for (other, what) in [(&temporal, "executions"), (&lists, "executions_visibility")] {
        let sql = format!("CREATE TABLE {what} AS SELECT 7 AS shard");
        other.execute(&sql).await.unwrap();
    }
    let all = |house: &Database| {
        [
            ("DATABASE_URL", house),
            ("TEMPORAL_DATABASE_URL", &temporal),
            ("TEMPORAL_VISIBILITY_DATABASE_URL", &lists),
        ]
        .map(|(name, it)| (name.to_owned(), it.url().to_owned()))
    };
    let made = posada(&["backup", folder.0.to_str().unwrap()], all(&house)).await;
    let (code, said) = made.unwrap();
    assert_eq!(code, Some(0), "{said}");
    let manifest = fs::read_to_string(PathBuf::from(said.trim()).join("manifest.json")).unwrap();
    let order = ["temporal.dump", "temporal-visibility.dump", "posada.dump"];
    let places: Vec<_> = order.map(|name| manifest.find(name).unwrap()).into();
    assert!(places.is_sorted(), "ours is written down last: {manifest}");

    for lost in [&house, &temporal, &lists] {
        lost.lose().await.unwrap();
    }
    let (code, said) = posada(&["restore", said.trim()], all(&house))
        .await
        .unwrap();
    assert_eq!(code, Some(0), "{said}");
    let shard = "SELECT shard::text FROM";
    assert_eq!(text(&temporal, &format!("{shard} executions")).await, "7");
    let visible = format!("{shard} executions_visibility");
    assert_eq!(text(&lists, &visible).await, "7");
}

#[tokio::test]
async fn a_damaged_backup_is_refused_before_anything_is_thrown_away() {
    let (house, folder) = (
        Database::seeded("http://localhost").await.unwrap(),
        Folder::new(),
    );
    let said = does(&house, &["backup", folder.0.to_str().unwrap()]).await;
    let backup = said.trim();
    let dump = PathBuf::from(backup).join("posada.dump");
    let mut bytes = fs::read(&dump).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    fs::write(&dump, bytes).unwrap();

    let (code, said) = asks(&house, &["restore", backup, "--replace"]).await;
    assert_eq!(code, Some(2));
    assert!(said.contains("posada.dump is damaged"), "{said}");
    let cabins = "SELECT count(*)::text FROM accommodations";
    assert_eq!(text(&house, cabins).await, "3");
}

#[tokio::test]
async fn so_many_backups_stay_and_nobody_else_can_read_them() {
    use std::os::unix::fs::PermissionsExt as _;

    let (house, folder) = (Database::migrated().await.unwrap(), Folder::new());
    let older = ["posada-20200101T000000Z", "posada-20210101T000000Z"];
    for name in older {
        fs::create_dir_all(folder.0.join(name)).unwrap();
        fs::write(folder.0.join(name).join("manifest.json"), "{}").unwrap();
    }
    // What is no backup is none of its business.
    fs::create_dir_all(folder.0.join("posada-notes")).unwrap();
    let said = does(
        &house,
        &["backup", folder.0.to_str().unwrap(), "--keep", "2"],
    )
    .await;
    let made = PathBuf::from(said.lines().next().unwrap());
    assert!(!folder.0.join(older[0]).exists() && folder.0.join(older[1]).exists());
    assert!(made.is_dir() && folder.0.join("posada-notes").is_dir());
    let mode = fs::metadata(&made).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
}

#[tokio::test]
async fn a_backup_that_fails_leaves_nothing_that_looks_like_one() {
    let (house, folder) = (Database::migrated().await.unwrap(), Folder::new());
    let variables = [
        ("DATABASE_URL".to_owned(), house.url().to_owned()),
        (
            "TEMPORAL_DATABASE_URL".to_owned(),
            "postgres://nobody:secret-word@127.0.0.1:1/temporal".to_owned(),
        ),
    ];
    let made = posada(&["backup", folder.0.to_str().unwrap()], variables).await;
    let (code, said) = made.unwrap();
    assert_eq!(code, Some(2));
    assert!(said.contains("temporal.dump cannot be written"), "{said}");
    assert!(!said.contains("secret-word"), "{said}");
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 0);
}

#[tokio::test]
async fn a_guest_sees_what_is_kept_of_them_and_is_forgotten_with_proof() {
    let house = Database::migrated().await.unwrap();
    let guest = "INSERT INTO guests (id, wa_id, phone_e164, profile_name) VALUES \
        ('018f2f6e-0000-7000-8000-000000000001', '5491155550001', '+5491155550001', 'Anastasia')";
    house.execute(guest).await.unwrap();
    let exported = does(&house, &["guest-export", "+5491155550001"]).await;
    let document: serde_json::Value = serde_json::from_str(&exported).unwrap();
    assert!(document.to_string().contains("Anastasia"), "{document}");

    let (code, said) = asks(&house, &["guest-export", "+5491155559999"]).await;
    assert_eq!(code, Some(1));
    assert!(said.contains("no guest"), "{said}");

    let proof = does(&house, &["guest-erase", "+5491155550001"]).await;
    let proof: serde_json::Value = serde_json::from_str(&proof).unwrap();
    assert_eq!(proof["what"], "erased");
    assert_eq!(proof["cause"], "request");
    assert!(!proof.to_string().contains("Anastasia"), "{proof}");
    let left =
        "SELECT count(*)::text FROM guests WHERE profile_name IS NOT NULL OR wa_id IS NOT NULL";
    assert_eq!(text(&house, left).await, "0");
    // The number leads nowhere any more; our own id leads to the proof.
    let (code, _) = asks(&house, &["guest-erase", "+5491155550001"]).await;
    assert_eq!(code, Some(1));
    let again = does(
        &house,
        &["guest-erase", "gst_018f2f6e000070008000000000000001"],
    )
    .await;
    let again: serde_json::Value = serde_json::from_str(&again).unwrap();
    assert_eq!(
        (&again["what"], &again["proof"]),
        (&"erased before".into(), &proof["proof"])
    );
}

#[tokio::test]
async fn the_doctor_says_how_to_mend_each_thing() {
    let house = Database::migrated().await.unwrap();
    let broken = [
        ("DATABASE_URL", house.url()),
        // Nobody listens there.
        ("POSADA_PUBLIC_URL", "http://127.0.0.1:1"),
        ("WHATSAPP_APP_SECRET", "fill-me-in"),
        ("WHATSAPP_ACCESS_TOKEN", "a token with spaces"),
        ("MERCADOPAGO_BASE_URL", "http://127.0.0.1:1"),
        ("MERCADOPAGO_ACCESS_TOKEN", "APP_USR-secret-word"),
    ];
    let broken = broken.map(|(name, value)| (name.to_owned(), value.to_owned()));
    house
        .execute("INSERT INTO restores (backup_began_at) VALUES (now())")
        .await
        .unwrap();
    let (code, said) = posada(&["doctor"], broken).await.unwrap();
    assert_eq!(code, Some(1), "{said}");
    for line in [
        "right  Postgres",
        "right  the schema",
        "right  the judge of double booking",
        "MEND   after a restore",
        "→ start a worker",
        "MEND   owners: nobody can sign in",
        "→ `posada create-owner",
        "MEND   accommodations",
        "MEND   WHATSAPP_APP_SECRET",
        "→ put what the provider's dashboard shows into secrets/WHATSAPP_APP_SECRET",
        "MEND   WHATSAPP_ACCESS_TOKEN: there is a space",
        "MEND   the API",
        "→ see that the API runs, that the domain leads to this server",
        "MEND   Mercado Pago",
        "?      WHATSAPP_VERIFY_TOKEN: not looked at",
    ] {
        assert!(said.contains(line), "«{line}» is missing in {said}");
    }
    assert!(!said.contains("secret-word"), "{said}");
}

#[tokio::test]
async fn the_doctor_knows_a_database_without_its_schema_from_none() {
    let house = Database::migrated().await.unwrap();
    house.lose().await.unwrap();
    let (code, said) = asks(&house, &["doctor"]).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("migrations are missing, first m2026"),
        "{said}"
    );
    assert!(said.contains("→ run `migrations up`"), "{said}");

    let nobody = "postgres://posada:secret-word@127.0.0.1:1/posada".to_owned();
    let looked = posada(&["doctor"], [("DATABASE_URL".to_owned(), nobody)]).await;
    let (code, said) = looked.unwrap();
    assert_eq!(code, Some(1));
    assert!(
        said.contains("MEND   Postgres") && said.contains("DATABASE_URL are right"),
        "{said}"
    );
    assert!(!said.contains("secret-word"), "{said}");
}
