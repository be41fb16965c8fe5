//! What the reports say, against a month that was counted by hand.

use anyhow::Result;
use database::reports::{self, ByChannel};
use domain::{Channel, Role};

use super::browser::{Browser, text};
use crate::app::{TestApp, day, taken};

/// March of 2031 in one cabin: ten nights of ours at 10,000; the last four of eight at 20,000 that began in February;
/// three of a channel; two that the owner kept; five that were cancelled, and count for nothing.
const MARCH: &str = r"
WITH one AS (SELECT accommodation_id, quote, currency FROM reservations ORDER BY id LIMIT 1)
INSERT INTO reservations (code, accommodation_id, check_in, check_out, guests, quote, total_centavos,
                          deposit_centavos, currency, reservation_status, channel, created_at, confirmed_at)
SELECT 'RES310301AAAAA' || n, one.accommodation_id, check_in::date, check_out::date, 2, one.quote, total, 0,
       one.currency, status, channel, check_in::date - ahead + interval '15 hours', now()
FROM one, (VALUES
    (1, '2031-03-10', '2031-03-20', 10000000, 'confirmed', 'whatsapp', 30),
    (2, '2031-02-25', '2031-03-05', 16000000, 'completed', 'direct', 90),
    (3, '2031-03-20', '2031-03-23', 0, 'confirmed', 'calendar', 1),
    (4, '2031-03-24', '2031-03-26', 0, 'blocked', 'owner', 1),
    (5, '2031-03-26', '2031-03-31', 99900000, 'cancelled', 'whatsapp', 400),
    (6, '2031-03-05', '2031-03-06', 1, 'no_show', 'direct', 4)
) AS stays (n, check_in, check_out, total, status, channel, ahead);
";

#[tokio::test]
async fn a_month_is_what_was_counted_by_hand() -> Result<()> {
    let app = TestApp::ready().await?;
    let cabin = app.cabin_for(4).await?;
    taken(&app, &cabin, day(10), day(13)).await?;
    app.sql(MARCH).await?;
    let (from, to) = ("2031-03-01".parse()?, "2031-04-01".parse()?);
    let found = reports::by_accommodation(&app.store, from, to).await?;
    let found = found
        .iter()
        .find(|it| it.accommodation_id.to_string() == cabin);
    let found = anyhow::Context::context(found, "the cabin is in the report")?;
    assert_eq!((found.nights, found.own_nights, found.blocked), (18, 15, 2));
    // 10 nights, half of the eight, and a no-show of one centavo.
    assert_eq!(found.revenue_centavos, 10_000_000 + 8_000_000 + 1);
    let channels = reports::by_channel(&app.store, from, to).await?;
    let of = |channel, nights, stays| ByChannel {
        channel,
        nights,
        stays,
    };
    assert_eq!(
        channels,
        [
            of(Channel::WhatsApp, 10, 1),
            of(Channel::Direct, 5, 2),
            of(Channel::Calendar, 3, 1)
        ]
    );
    // Of those who arrive in March by us: 4 and 30 days ahead; the lower of two is the middle.
    assert_eq!(reports::lead_time(&app.store, from, to).await?, Some(4));
    let nothing = reports::lead_time(&app.store, "2032-03-01".parse()?, "2032-04-01".parse()?);
    assert_eq!(nothing.await?, None);

    let reader = Browser::of(&app, Role::ReadOnly).await?;
    let page = reader.get("/admin/reports?month=2031-03").await?;
    let page = text(&page).replace('\u{a0}', " ");
    // 180,000.01 over 15 nights, and 18 nights of the 29 that were for sale in that cabin.
    for said in ["$ 180.000,01", "$ 12.000", "62,1 %", "4 d"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    Ok(())
}
