//! What can be asked of this program. Nothing else reads the environment.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::{Args, Parser, Subcommand};
use secrecy::SecretString;

/// The owner's command line.
#[derive(Debug, Parser)]
#[command(name = "posada", about = "Looks after Posada's books and its owners")]
pub(crate) struct Posada {
    /// Where everything is stored.
    #[command(flatten)]
    pub(crate) database: DatabaseOptions,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Postgres.
#[derive(Debug, Args)]
pub(crate) struct DatabaseOptions {
    /// Postgres.
    #[arg(
        long,
        env = "DATABASE_URL",
        hide_env_values = true,
        value_name = "URL",
        global = true
    )]
    pub(crate) database_url: Option<SecretString>,
}

/// What this program does.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Checks the books against themselves and against the provider's. Exit code 0 when everything holds, 1
    /// when something differs, 2 when it could not be checked.
    Audit(AuditOptions),
    /// Says that the owner gave back by hand what had not been paid through the provider.
    RefundGiven(RefundOptions),
    /// Lists the workflows that get nowhere, with what they are at and why it fails. Exit code 1 when there is one.
    Stuck(StuckOptions),
    /// Makes an owner of the admin pages. Without `--password-stdin` it makes up a password, and prints it once.
    CreateOwner(OwnerOptions),
    /// Prints everything that we have of a guest, in JSON, for them to read. Exit code 1 when there is no such
    /// guest.
    GuestExport(GuestOptions),
    /// Erases a guest who asked for it, and prints the proof. What was paid stays in the books, under our own id.
    /// Exit code 1 when there is no such guest, or something of theirs is under way.
    GuestErase(GuestOptions),
    /// Brings accommodations and bookings in from CSV: all of it or nothing. Exit code 1, with each line that cannot
    /// come in, when nothing did.
    Import(ImportOptions),
    /// Writes everything that is the owner's into a zip of CSV and JSON, to be read by spreadsheets and programs. A
    /// backup is another thing: `posada backup`.
    Export(ExportOptions),
    /// Writes everything that Postgres holds into a new folder below the one that is named, and prints its name.
    /// Others may go on meanwhile.
    Backup(BackupOptions),
    /// Puts a backup in the place of what is there. Stop the API, the workers and Temporal first; the first worker
    /// that starts then begins every story anew.
    Restore(RestoreOptions),
    /// Has every story begun anew from the database by the next worker that starts: when Temporal's own database is
    /// lost, or a backup was restored by other means.
    BeginAnew(BeginAnewOptions),
    /// Looks a deployment over and says how to mend what is not right. Exit code 0 when everything is, 1 when
    /// something has to be mended.
    Doctor(DoctorOptions),
}

/// What is looked at. What is not given is not looked at.
#[derive(Debug, Args)]
pub(crate) struct DoctorOptions {
    /// Where guests and providers reach the API.
    #[arg(long, env = "POSADA_PUBLIC_URL", value_name = "URL")]
    pub(crate) public_url: Option<String>,
    /// A folder on the disk of the database.
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    pub(crate) disk: PathBuf,
    /// The token that messages are sent with.
    #[arg(
        long,
        env = "WHATSAPP_ACCESS_TOKEN",
        hide_env_values = true,
        value_name = "TOKEN"
    )]
    pub(crate) whatsapp_access_token: Option<SecretString>,
    /// The secret that Meta signs webhooks with.
    #[arg(
        long,
        env = "WHATSAPP_APP_SECRET",
        hide_env_values = true,
        value_name = "SECRET"
    )]
    pub(crate) whatsapp_app_secret: Option<SecretString>,
    /// The token that Meta repeats.
    #[arg(
        long,
        env = "WHATSAPP_VERIFY_TOKEN",
        hide_env_values = true,
        value_name = "TOKEN"
    )]
    pub(crate) whatsapp_verify_token: Option<SecretString>,
    /// `https://api.mercadopago.com`, or the sandbox.
    #[arg(
        long = "mercadopago-base-url",
        env = "MERCADOPAGO_BASE_URL",
        value_name = "URL"
    )]
    pub(crate) base_url: Option<String>,
    /// The seller's token.
    #[arg(
        long = "mercadopago-access-token",
        env = "MERCADOPAGO_ACCESS_TOKEN",
        hide_env_values = true,
        value_name = "TOKEN"
    )]
    pub(crate) access_token: Option<SecretString>,
    /// The secret that Mercado Pago signs notifications with.
    #[arg(
        long = "mercadopago-webhook-secret",
        env = "MERCADOPAGO_WEBHOOK_SECRET",
        hide_env_values = true,
        value_name = "SECRET"
    )]
    pub(crate) webhook_secret: Option<SecretString>,
}

/// Temporal's own databases, and PostgreSQL's programs.
#[derive(Debug, Args)]
pub(crate) struct Stores {
    /// Temporal's own database, where it is on Postgres. Without it closed workflows are not kept, and nothing else
    /// is missing.
    #[arg(
        long,
        env = "TEMPORAL_DATABASE_URL",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub(crate) temporal_database_url: Option<SecretString>,
    /// The database of Temporal's lists.
    #[arg(
        long,
        env = "TEMPORAL_VISIBILITY_DATABASE_URL",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub(crate) temporal_visibility_url: Option<SecretString>,
    /// The folder of `pg_dump` and `pg_restore`, where they are not on the search path.
    #[arg(long, env = "POSADA_POSTGRES_BIN", value_name = "FOLDER")]
    pub(crate) postgres_bin: Option<PathBuf>,
}

/// Where to.
#[derive(Debug, Args)]
pub(crate) struct BackupOptions {
    /// Where backups are kept: on another disk than the database's, and from time to time in another house.
    pub(crate) folder: PathBuf,
    /// How many backups stay; older ones are removed once the new one is whole.
    #[arg(long, value_name = "BACKUPS")]
    pub(crate) keep: Option<u16>,
    /// Which databases.
    #[command(flatten)]
    pub(crate) stores: Stores,
}

/// What counts as stuck.
#[derive(Debug, Args)]
pub(crate) struct StuckOptions {
    /// What was tried so often and does not work is stuck.
    #[arg(long, default_value_t = 5, value_name = "TIMES")]
    pub(crate) attempts: u32,
    /// Where the workflows are.
    #[command(flatten)]
    pub(crate) temporal: TemporalOptions,
}

/// Temporal.
#[derive(Debug, Args)]
pub(crate) struct TemporalOptions {
    /// The server, as `host:port`.
    #[arg(
        id = "temporal-address",
        long,
        env = "TEMPORAL_ADDRESS",
        default_value = "127.0.0.1:7233"
    )]
    pub(crate) address: String,
    /// The namespace.
    #[arg(
        id = "temporal-namespace",
        long,
        env = "TEMPORAL_NAMESPACE",
        default_value = "default"
    )]
    pub(crate) namespace: String,
    /// The task queue.
    #[arg(long, env = "POSADA_TASK_QUEUE", default_value = "posada")]
    pub(crate) task_queue: String,
    /// The keys that API and worker are told.
    #[arg(long, env = "POSADA_PAYLOAD_KEYS", hide_env_values = true)]
    pub(crate) payload_keys: SecretString,
}

/// From where.
#[derive(Debug, Args)]
pub(crate) struct ImportOptions {
    /// Places, with the columns name, capacity, `nightly_rate`, and maybe kind, description, area, address, access.
    #[arg(long, value_name = "FILE")]
    pub(crate) accommodations: Option<PathBuf>,
    /// Bookings, with the columns reference, accommodation, `check_in`, `check_out`, `guest_name`, and maybe guests,
    /// children, phone, email, total.
    #[arg(long, value_name = "FILE")]
    pub(crate) bookings: Option<PathBuf>,
    /// Only says what would come in.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// Where to.
#[derive(Debug, Args)]
pub(crate) struct ExportOptions {
    /// The zip; it must not be there yet.
    pub(crate) file: PathBuf,
}

/// From where.
#[derive(Debug, Args)]
pub(crate) struct RestoreOptions {
    /// The folder of one backup, `posada-…`.
    pub(crate) backup: PathBuf,
    /// Throws away what is in the databases now.
    #[arg(long)]
    pub(crate) replace: bool,
    /// Which databases.
    #[command(flatten)]
    pub(crate) stores: Stores,
}

/// Since when.
#[derive(Debug, Args)]
pub(crate) struct BeginAnewOptions {
    /// When the backup was begun that was restored; now, without one.
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<DateTime<Utc>>,
}

/// Who.
#[derive(Debug, Args)]
pub(crate) struct OwnerOptions {
    /// What they sign in with.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) email: String,
    /// What they are called.
    #[arg(long)]
    pub(crate) name: String,
    /// Reads the password from standard input: its first line.
    #[arg(long)]
    pub(crate) password_stdin: bool,
    /// The language of their pages: es or en.
    #[arg(long, default_value = "es", value_parser = ["es", "en"])]
    pub(crate) language: String,
}

/// How the books are checked.
#[derive(Debug, Args)]
pub(crate) struct AuditOptions {
    /// Answers in JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// How far back the provider's books are read; refunds can be made for 180 days.
    #[arg(long, default_value_t = 180, value_name = "DAYS")]
    pub(crate) days: u32,
    /// What has been under way for longer is a difference.
    #[arg(long, default_value_t = 60, value_name = "MINUTES")]
    pub(crate) overdue_minutes: u32,
    /// The provider.
    #[command(flatten)]
    pub(crate) provider: ProviderOptions,
}

/// The account that deposits go to.
#[derive(Debug, Args)]
pub(crate) struct ProviderOptions {
    /// `https://api.mercadopago.com`, or the sandbox.
    #[arg(
        long = "mercadopago-base-url",
        env = "MERCADOPAGO_BASE_URL",
        value_name = "URL"
    )]
    pub(crate) base_url: String,
    /// The seller's token.
    #[arg(
        long = "mercadopago-access-token",
        env = "MERCADOPAGO_ACCESS_TOKEN",
        hide_env_values = true,
        value_name = "TOKEN"
    )]
    pub(crate) access_token: SecretString,
    /// The seller's id; a payment to anybody else is not ours.
    #[arg(
        long = "mercadopago-collector-id",
        env = "MERCADOPAGO_COLLECTOR_ID",
        value_name = "ID"
    )]
    pub(crate) collector_id: String,
}

/// Which refund.
#[derive(Debug, Args)]
pub(crate) struct RefundOptions {
    /// The refund's key, as the owner's queue names it: `refund:…`.
    pub(crate) key: String,
}

/// Which guest.
#[derive(Debug, Args)]
pub(crate) struct GuestOptions {
    /// Their number as `+549…`, their WhatsApp account, or our id `gst_…`.
    pub(crate) guest: String,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_options_do_not_contradict_each_other() {
        Posada::command().debug_assert();
    }
}
