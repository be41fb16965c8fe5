//! A house of many years: how long each page takes when there is a lot to look at. `make bench-pages` asks.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use api::admin::{Access, table};
use domain::Role;

use super::browser::Browser;
use crate::app::{TestApp, day, taken};

/// Ten thousand stays side by side, each with a guest, what happened to it, a message, and an entry of the trail.
const YEARS: &str = r"
INSERT INTO guests (id, wa_id, phone_e164, name)
SELECT gen_random_uuid(), '54911' || (30000000 + n), '+54911' || (30000000 + n), 'Huésped ' || n
FROM generate_series(1, 5000) n;

WITH places AS (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS places
                FROM accommodations),
     people AS (SELECT id, row_number() OVER (ORDER BY wa_id) AS person FROM guests WHERE name LIKE 'Huésped %'),
     one AS (SELECT * FROM reservations ORDER BY id LIMIT 1),
     stays AS (SELECT n, (current_date - 3000) + 3 * (n / places)::int AS check_in, places.id AS place
               FROM generate_series(1, 10000) n
               JOIN LATERAL (SELECT * FROM places WHERE place = n % places) places ON true)
INSERT INTO reservations (code, accommodation_id, guest_id, check_in, check_out, guests, quote, total_centavos,
                          deposit_centavos, paid_centavos, currency, reservation_status, channel, created_at,
                          confirmed_at, terms)
SELECT 'RES200101' || lpad(upper(to_hex(n)), 6, '0'), stays.place, people.id, stays.check_in, stays.check_in + 3, 2,
       one.quote, one.total_centavos, one.deposit_centavos, one.deposit_centavos, one.currency,
       CASE WHEN n % 7 = 0 THEN 'cancelled' WHEN stays.check_in + 3 < current_date THEN 'completed'
            ELSE 'confirmed' END,
       CASE WHEN n % 3 = 0 THEN 'direct' ELSE 'whatsapp' END,
       stays.check_in - interval '20 days', stays.check_in - interval '20 days', one.terms
FROM stays JOIN people ON person = 1 + n % 5000, one
WHERE NOT EXISTS (SELECT FROM reservations r WHERE r.accommodation_id = stays.place
                  AND daterange(stays.check_in, stays.check_in + 3) && r.period);

INSERT INTO reservation_events (code, at, kind)
SELECT code, created_at, kind FROM reservations, (VALUES ('held'), ('confirmed'), ('completed')) AS kinds (kind)
WHERE code LIKE 'RES200101%';

INSERT INTO acts (at, actor_kind, actor_id, actor_name, act, subject)
SELECT created_at, 'program', 'bench', 'bench', 'reservation.confirm', code FROM reservations;

ANALYZE;
";

/// How often each page is asked for.
const TIMES: usize = 40;

/// What a page may take, of twenty times nineteen.
const MOST: Duration = Duration::from_millis(200);

#[tokio::test]
#[ignore = "measures: `make bench-pages` asks for it"]
async fn with_ten_thousand_reservations_every_page_is_quick() -> Result<()> {
    let app = TestApp::ready().await?;
    let cabin = app.cabin_for(4).await?;
    let code = taken(&app, &cabin, day(400), day(403)).await?;
    app.sql(YEARS).await?;
    let owner = Browser::of(&app, Role::Owner).await?;
    let searches = [
        "/admin/reservations?q=4999",
        "/admin/reservations?status=confirmed&sort=check_in",
        "/admin/reservations?page=200",
        "/admin/calendar?view=month",
        "/admin/trail?who=nobody",
        "/admin/trail?page=200",
    ];
    let own = [
        format!("/admin/reservations/{code}"),
        format!("/admin/accommodations/{cabin}"),
    ];
    let plain = table().into_iter().filter(|route| {
        let is_page = route.method == "GET" && route.access != Access::Anybody;
        is_page && !route.path.contains(['{', '.']) && route.path != "/admin/live"
    });
    let paths = plain
        .map(|route| route.path.to_owned())
        .chain(searches.map(str::to_owned))
        .chain(own);
    let mut slow = Vec::new();
    for path in paths {
        let mut took = Vec::with_capacity(TIMES);
        for _ in 0..TIMES {
            let began = Instant::now();
            let answer = owner.get(&path).await?;
            took.push(began.elapsed());
            ensure!(answer.status == 200, "{path}: {answer:?}");
        }
        took.sort();
        let nineteen_of_twenty = *took.get(TIMES * 19 / 20).context("it was asked")?;
        let median = *took.get(TIMES / 2).context("it was asked")?;
        println!("{path:50} median {median:>9.1?}   p95 {nineteen_of_twenty:>9.1?}");
        if nineteen_of_twenty > MOST {
            slow.push(path);
        }
    }
    ensure!(slow.is_empty(), "slower than {MOST:?}: {slow:?}");
    Ok(())
}
