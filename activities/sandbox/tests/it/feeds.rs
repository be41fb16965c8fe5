//! A channel's calendar: served as put, with validators, and every request on record.

use sandbox::Config;
use serde_json::{Value, json};
use tokio::net::TcpListener;

const CALENDAR: &str = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n";

async fn sandbox() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(sandbox::serve(listener, Config::default()));
    url
}

#[tokio::test]
async fn a_calendar_is_served_until_the_caller_has_it() {
    let url = sandbox().await;
    let http = reqwest::Client::new();
    let feed = format!("{url}/sandbox/feeds/lago.ics");
    let put = async |body: &'static str| http.put(&feed).body(body).send().await.unwrap();
    assert_eq!(http.get(&feed).send().await.unwrap().status(), 404);
    assert_eq!(put(CALENDAR).await.status(), 204);

    let first = http.get(&feed).send().await.unwrap();
    assert_eq!(
        first.headers()["content-type"],
        "text/calendar; charset=utf-8"
    );
    let etag = first.headers()["etag"].to_str().unwrap().to_owned();
    let modified = first.headers()["last-modified"]
        .to_str()
        .unwrap()
        .to_owned();
    assert_eq!(first.text().await.unwrap(), CALENDAR);

    let with = async |name: &str, value: &str| {
        let response = http.get(&feed).header(name, value).send().await.unwrap();
        response.status().as_u16()
    };
    assert_eq!(with("if-none-match", &etag).await, 304);
    assert_eq!(
        with("if-none-match", &format!("\"other\", W/{etag}")).await,
        304
    );
    assert_eq!(with("if-none-match", "\"other\"").await, 200);
    assert_eq!(with("if-modified-since", &modified).await, 304);

    put("BEGIN:VCALENDAR\r\nX:1\r\nEND:VCALENDAR\r\n").await;
    assert_eq!(
        with("if-none-match", &etag).await,
        200,
        "a new calendar has a new tag"
    );
}

#[tokio::test]
async fn every_request_is_on_record_even_a_failing_one() {
    let url = sandbox().await;
    let http = reqwest::Client::new();
    let feed = format!("{url}/sandbox/feeds/lago.ics");
    http.put(&feed).body(CALENDAR).send().await.unwrap();
    let faults = json!({ "feeds": { "fail": 1, "status": 502 } });
    http.put(format!("{url}/sandbox/faults"))
        .json(&faults)
        .send()
        .await
        .unwrap();
    let get = || http.get(&feed).header("user-agent", "posada/1");
    assert_eq!(get().send().await.unwrap().status(), 502);
    assert_eq!(get().send().await.unwrap().status(), 200);

    let requests = format!("{url}/sandbox/feeds/lago/requests");
    let requests: Value = http
        .get(requests)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(requests.as_array().unwrap().len(), 2);
    assert_eq!(requests[0]["headers"]["user-agent"], "posada/1");
}

#[tokio::test]
async fn one_calendar_misbehaves_and_the_others_do_not() {
    let url = sandbox().await;
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let feed = |name: &str| format!("{url}/sandbox/feeds/{name}.ics");
    for name in ["lago", "bosque"] {
        http.put(feed(name)).body(CALENDAR).send().await.unwrap();
    }
    let trouble = async |what: Value| {
        let put = http.put(format!("{url}/sandbox/feeds/lago/trouble"));
        assert_eq!(put.json(&what).send().await.unwrap().status(), 204);
    };
    let get = async || http.get(feed("lago")).send().await.unwrap();

    trouble(json!({ "status": 429, "retry_after": 90, "times": 1 })).await;
    let busy = get().await;
    assert_eq!(busy.status(), 429);
    assert_eq!(busy.headers()["retry-after"], "90");
    assert_eq!(get().await.status(), 200, "once was enough");

    trouble(json!({ "location": "http://127.0.0.1:1/" })).await;
    let moved = get().await;
    assert_eq!(moved.status(), 302);
    assert_eq!(moved.headers()["location"], "http://127.0.0.1:1/");

    trouble(json!({ "body": "login_page" })).await;
    assert!(get().await.text().await.unwrap().contains("password"));
    trouble(json!({ "body": "empty_calendar" })).await;
    assert!(
        get()
            .await
            .text()
            .await
            .unwrap()
            .starts_with("BEGIN:VCALENDAR")
    );
    trouble(json!({ "body": "endless", "bytes": 1_000_000 })).await;
    assert!(get().await.bytes().await.unwrap().len() >= 1_000_000);
    trouble(json!({ "cut_after": 5 })).await;
    assert!(get().await.bytes().await.is_err());
    trouble(json!({ "always_304": true })).await;
    assert_eq!(get().await.status(), 304);
    trouble(json!({ "no_validators": true })).await;
    let plain = get().await;
    assert!(plain.headers().get("etag").is_none());
    assert_eq!(plain.text().await.unwrap(), CALENDAR);
    assert_eq!(http.get(feed("bosque")).send().await.unwrap().status(), 200);

    let unknown = http.put(format!("{url}/sandbox/feeds/lago/trouble"));
    let unknown = unknown
        .json(&json!({ "explode": true }))
        .send()
        .await
        .unwrap();
    assert_eq!(unknown.status(), 422);
    http.delete(format!("{url}/sandbox/feeds/lago/trouble"))
        .send()
        .await
        .unwrap();
    assert!(get().await.headers().get("etag").is_some());
}

#[tokio::test]
async fn a_channel_shows_what_it_imports_under_names_of_its_own() {
    const OURS: &str = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:blk-1@ours.example\r\nDTSTART;VALUE=DATE:20270110\r\nDTEND;VALUE=DATE:20270113\r\nSUMMARY:Reserved\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let url = sandbox().await;
    let http = reqwest::Client::new();
    let feed = |name: &str| format!("{url}/sandbox/feeds/{name}.ics");
    let imports = format!("{url}/sandbox/feeds/lago/imports");
    let shown = async || {
        let answer = http.get(feed("lago")).send().await.unwrap();
        (
            answer.headers()["etag"].clone(),
            answer.text().await.unwrap(),
        )
    };
    let reads = async || -> Value {
        let answer = http.post(&imports).send().await.unwrap();
        answer.json().await.unwrap()
    };
    // The other calendar stands for the product's.
    http.put(feed("ours")).body(OURS).send().await.unwrap();
    http.put(feed("lago")).body(CALENDAR).send().await.unwrap();
    assert_eq!(http.post(&imports).send().await.unwrap().status(), 404);
    let import = async |wish: Value| {
        let put = http.put(&imports).json(&wish).send().await.unwrap();
        assert_eq!(put.status(), 204);
    };
    import(json!({ "url": feed("ours") })).await;
    let (before, own) = shown().await;
    assert_eq!(own, CALENDAR, "it has not read yet");

    let nights = json!([{ "check_in": "2027-01-10", "check_out": "2027-01-13" }]);
    assert_eq!(reads().await, json!({ "status": 200, "nights": nights }));
    let (after, copied) = shown().await;
    assert_ne!(before, after);
    assert!(copied.contains(
        "DTSTART;VALUE=DATE:20270110\r\nDTEND;VALUE=DATE:20270113\r\nSUMMARY:Not available"
    ));
    assert!(!copied.contains("blk-1") && copied.contains("@channel.example"));
    assert_eq!(reads().await["status"], 304, "it asks conditionally");
    assert_eq!(shown().await.1, copied);

    http.put(feed("ours")).body("<html>").send().await.unwrap();
    assert_eq!(
        reads().await["nights"],
        nights,
        "what is no calendar changes nothing"
    );
    http.put(feed("ours")).body(CALENDAR).send().await.unwrap();
    assert_eq!(reads().await["nights"], json!([]));
    assert_eq!(shown().await.1, CALENDAR);

    http.put(feed("ours")).body(OURS).send().await.unwrap();
    import(json!({ "url": feed("ours"), "uids": "kept", "summary": "Reserved" })).await;
    reads().await;
    assert!(shown().await.1.contains("UID:blk-1@ours.example"));
    import(json!({ "url": feed("ours"), "uids": "rotating" })).await;
    reads().await;
    let first = shown().await.1;
    http.put(feed("ours"))
        .body(format!("{OURS}X-NEW:1\r\n"))
        .send()
        .await
        .unwrap();
    reads().await;
    assert_ne!(shown().await.1, first);
    http.delete(&imports).send().await.unwrap();
    assert_eq!(shown().await.1, CALENDAR);
}
