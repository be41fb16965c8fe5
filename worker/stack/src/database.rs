//! A database for one test, cloned from a migrated template in a few milliseconds.
//!
//! The template is made once per server and build of the migrations, under a lock, by the migrations
//! of production. Tests may change everything in their clone; it goes with them.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use anyhow::{Context as _, Result};
use sea_orm::{ConnectOptions, ConnectionTrait as _, DatabaseConnection};
use secrecy::SecretString;

use crate::environment::Environment;

/// Holds off the other tests of this server while one makes the template.
const TEMPLATE_LOCK: i64 = 7_067_321;

/// A database of one test; dropped with this value.
pub struct Database {
    name: String,
    url: String,
    admin_url: String,
}

impl Database {
    /// With the schema and no rows but those that migrations insert.
    ///
    /// # Errors
    ///
    /// There is no server ([`Environment::read`]), or a migration fails.
    pub async fn migrated() -> Result<Self> {
        Self::migrated_on(&Environment::read()?).await
    }

    async fn migrated_on(environment: &Environment) -> Result<Self> {
        let admin_url = environment.database_url.clone();
        let template = template(&admin_url).await?;
        let name = format!("posada_test_{:016x}", rand::random::<u64>());
        let admin = connect(&admin_url).await?;
        run(
            &admin,
            &format!("CREATE DATABASE {name} TEMPLATE {template}"),
        )
        .await?;
        admin.close().await.context("could not leave PostgreSQL")?;
        Ok(Self {
            url: url_of(&admin_url, &name)?,
            name,
            admin_url,
        })
    }

    /// With the three cabins of the demo, their pictures served from `api_url`.
    ///
    /// # Errors
    ///
    /// As [`migrated`](Self::migrated).
    pub async fn seeded(api_url: &str) -> Result<Self> {
        Self::seeded_on(&Environment::read()?, api_url).await
    }

    pub(crate) async fn seeded_on(environment: &Environment, api_url: &str) -> Result<Self> {
        let database = Self::migrated_on(environment).await?;
        seed(&database.url, api_url).await?;
        Ok(database)
    }

    /// Where to connect.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Runs statements that the product has no words for, such as taking a table away.
    ///
    /// # Errors
    ///
    /// The database is away, or refuses.
    pub async fn execute(&self, sql: &str) -> Result<()> {
        let connection = connect(&self.url).await?;
        run(&connection, sql).await?;
        connection
            .close()
            .await
            .context("could not leave PostgreSQL")
    }

    /// Loses everything: the server has an empty database of this name afterwards, and nobody is connected to it.
    ///
    /// # Errors
    ///
    /// The server is away, or refuses.
    pub async fn lose(&self) -> Result<()> {
        let name = &self.name;
        let admin = connect(&self.admin_url).await?;
        run(&admin, &format!("DROP DATABASE {name} WITH (FORCE)")).await?;
        run(&admin, &format!("CREATE DATABASE {name}")).await?;
        admin.close().await.context("could not leave PostgreSQL")
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // Dropping can't be awaited and the test's runtime may be ending, so this has its own. What
        // stays behind on an error goes with the server, which ends with the tests.
        let (admin_url, name) = (self.admin_url.clone(), self.name.clone());
        let dropping = std::thread::spawn(move || remove(&admin_url, &name));
        let _ = dropping.join();
    }
}

fn remove(admin_url: &str, name: &str) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let admin = connect(admin_url).await?;
        let statement = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        admin.execute_unprepared(&statement).await?;
        admin.close().await?;
        Ok(())
    })
}

/// Creates a database on the server of `admin_url` if it isn't there, and answers where it is.
pub(crate) async fn create_if_missing(admin_url: &str, name: &str) -> Result<String> {
    let admin = connect(admin_url).await?;
    if !exists(&admin, name).await? {
        run(&admin, &format!("CREATE DATABASE {name}")).await?;
    }
    admin.close().await.context("could not leave PostgreSQL")?;
    url_of(admin_url, name)
}

/// Brings the schema of a database up to date.
pub(crate) async fn migrate(url: &str) -> Result<()> {
    let url = SecretString::from(url);
    migrations::up(&url)
        .await
        .context("could not bring the database up to date")
}

/// Puts the three cabins of the demo into a database, unless they are there.
pub(crate) async fn seed(url: &str, api_url: &str) -> Result<()> {
    let url = SecretString::from(url);
    let seeded = migrations::seed_demo(&url, api_url).await;
    seeded.context("could not put the cabins into the database")
}

/// The name of the template, which is there when this returns.
async fn template(admin_url: &str) -> Result<String> {
    let name = format!("posada_template_{:016x}", build_of_migrations()?);
    // One connection, so that closing it returns the lock whatever happens.
    let admin = connect(admin_url).await?;
    run(&admin, &format!("SELECT pg_advisory_lock({TEMPLATE_LOCK})")).await?;
    let made = make_template(&admin, admin_url, &name).await;
    admin.close().await.context("could not leave PostgreSQL")?;
    made.map(|()| name)
}

async fn make_template(admin: &DatabaseConnection, admin_url: &str, name: &str) -> Result<()> {
    if exists(admin, name).await? {
        return Ok(());
    }
    let draft = format!("{name}_draft");
    run(admin, &format!("DROP DATABASE IF EXISTS {draft}")).await?;
    run(admin, &format!("CREATE DATABASE {draft}")).await?;
    migrate(&url_of(admin_url, &draft)?).await?;
    run(admin, &format!("ALTER DATABASE {draft} RENAME TO {name}")).await
}

async fn exists(admin: &DatabaseConnection, name: &str) -> Result<bool> {
    let question = format!("SELECT 1 FROM pg_database WHERE datname = '{name}'");
    let rows = admin
        .query_all_raw(sea_orm::Statement::from_string(
            sea_orm::DatabaseBackend::Postgres,
            question,
        ))
        .await
        .context("could not look for a database")?;
    Ok(!rows.is_empty())
}

async fn run(admin: &DatabaseConnection, statement: &str) -> Result<()> {
    admin
        .execute_unprepared(statement)
        .await
        .with_context(|| format!("PostgreSQL refused: {statement}"))?;
    Ok(())
}

async fn connect(url: &str) -> Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    sea_orm::Database::connect(options)
        .await
        .context("could not connect to PostgreSQL")
}

/// The same server, another database.
fn url_of(admin_url: &str, database: &str) -> Result<String> {
    let (server, _database) = admin_url
        .rsplit_once('/')
        .context("the address of PostgreSQL names no database")?;
    Ok(format!("{server}/{database}"))
}

/// Tells one build of the migrations from another: they are part of the program that runs.
fn build_of_migrations() -> Result<u64> {
    let program = std::env::current_exe().context("this program does not know where it is")?;
    let metadata = fs::metadata(&program).context("could not look at this program")?;
    let built_at = metadata.modified()?;
    let mut hasher = DefaultHasher::new();
    (program, built_at, metadata.len()).hash(&mut hasher);
    Ok(hasher.finish())
}
