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
