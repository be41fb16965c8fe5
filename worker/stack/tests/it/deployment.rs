//! What docker-compose.yml promises to whoever runs it. No container engine runs here, so it is read.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};

fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    fs::read_to_string(checkout().join(path)).unwrap()
}

/// The lines of each service, without comments.
fn services() -> BTreeMap<String, Vec<String>> {
    let compose = read("docker-compose.yml");
    let mut services = BTreeMap::<String, Vec<String>>::new();
    let mut inside = false;
    let mut name = String::new();
    for line in compose.lines() {
        if !line.starts_with(' ') && line.ends_with(':') {
            inside = line == "services:";
        } else if let Some(service) = line
            .strip_prefix("  ")
            .filter(|it| inside && !it.starts_with([' ', '#']))
        {
            name = service.trim_end_matches(':').to_owned();
            services.insert(name.clone(), Vec::new());
        } else if inside && !line.trim().is_empty() && !line.trim().starts_with('#') {
            services.get_mut(&name).unwrap().push(line.to_owned());
        }
    }
    assert!(services.len() > 12, "{:?}", services.keys());
    services
}

/// The items of a list in a service, written on one line or on several.
fn list(lines: &[String], key: &str) -> Vec<String> {
    let key = format!("    {key}:");
    let mut rest = lines.iter();
    let Some(inline) = rest.find_map(|line| line.strip_prefix(&key)) else {
        return Vec::new();
    };
    if let Some(items) = inline.trim().strip_prefix('[') {
        let items = items.trim_end_matches(']').split(',');
        return items
            .map(|it| it.trim().trim_matches('"').to_owned())
            .collect();
    }
    rest.map_while(|line| line.strip_prefix("      - "))
        .map(|it| it.trim_matches('"').to_owned())
        .collect()
}

/// The variables of a service's own environment.
fn environment(lines: &[String]) -> BTreeSet<String> {
    let own = lines
        .iter()
        .skip_while(|line| *line != "    environment:")
        .skip(1)
        .map_while(|line| line.strip_prefix("      "));
    own.filter_map(|line| line.split_once(':'))
        .map(|(name, _)| name.to_owned())
        .filter(|name| name != "<<")
        .collect()
}

/// What `name --help` says can be set.
fn settings(program: &str) -> String {
    let ourselves = std::env::current_exe().unwrap();
    let folder = ourselves.ancestors().nth(2).unwrap();
    let help = Command::new(folder.join(program)).arg("--help").output();
    String::from_utf8(help.unwrap().stdout).unwrap()
}

#[test]
fn nobody_gets_in_but_through_caddy() {
    for (name, lines) in services() {
        let ports = list(&lines, "ports");
        match name.as_str() {
            "caddy" => assert_eq!(ports, ["80:80", "443:443", "443:443/udp"]),
            "door" => assert!(
                ports.len() == 3 && ports.iter().all(|port| port.starts_with("127.0.0.1:")),
                "{ports:?}"
            ),
            _ => assert!(ports.is_empty(), "{name} publishes {ports:?}"),
        }
        // What has a name or a port of the host cannot be there twice.
        assert!(!lines.iter().any(|line| line.contains("container_name")));
    }
    let caddyfile = read("worker/docker/caddy/Caddyfile");
    let (before, temporal) = caddyfile.split_once("temporal-ui:8080").unwrap();
    assert!(before.contains("basic_auth") && !temporal.contains("temporal-ui"));
}

#[test]
fn what_can_be_set_is_in_the_example_and_nothing_else_is() {
    let compose = read("docker-compose.yml");
    let used: BTreeSet<&str> = compose
        .split("${")
        .skip(1)
        .filter_map(|rest| rest.split([':', '}']).next())
        .collect();
    let example = read(".env.example");
    let named: BTreeSet<&str> = example
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('='))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(named, used);
    let required = compose.split("${").skip(1).filter(|it| it.contains(":?"));
    for variable in required {
        let name = variable.split(':').next().unwrap();
        let value = example
            .lines()
            .find_map(|line| line.strip_prefix(&format!("{name}=")));
        assert!(value.is_some_and(|value| !value.is_empty()), "{name}");
    }
}

#[test]
fn our_programs_know_every_variable_they_are_given() {
    let compose = read("docker-compose.yml");
    let shared = compose
        .split("x-connections: &connections\n")
        .nth(1)
        .unwrap();
    let shared: Vec<_> = shared
        .lines()
        .map_while(|line| line.strip_prefix("  "))
        .filter_map(|line| line.split_once(':'))
        .map(|(name, _)| name.to_owned())
        .collect();
    assert!(shared.len() > 6, "{shared:?}");
    let services = services();
    let helps = ["api", "worker"].map(settings).join("\n");
    for name in shared {
        // The worker's filter of the log is read by the library that filters.
        assert!(helps.contains(&format!("[env: {name}")), "{name}");
    }
    for program in ["api", "worker", "sandbox"] {
        let lines = &services[program];
        let help = settings(program);
        let given = environment(lines);
        let secrets = list(lines, "secrets");
        assert!(!given.is_empty() && !secrets.is_empty(), "{program}");
        for name in given.into_iter().chain(secrets) {
            assert!(
                help.contains(&format!("[env: {name}")),
                "{program} does not know {name}"
            );
        }
    }
}

#[test]
fn secrets_are_files_that_are_made_once() {
    let folder = std::env::temp_dir().join(format!("posada-secrets-{:x}", rand::random::<u64>()));
    let make = || {
        let script = checkout().join("worker/docker/secrets.sh");
        let ran = Command::new("sh")
            .arg(script)
            .arg(&folder)
            .output()
            .unwrap();
        assert!(ran.status.success(), "{ran:?}");
        String::from_utf8(ran.stdout).unwrap()
    };
    let content = || -> BTreeMap<String, String> {
        fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap())
            .map(|entry| {
                let name = entry.file_name().into_string().unwrap();
                (name, fs::read_to_string(entry.path()).unwrap())
            })
            .collect()
    };
    let asked = make();
    let (made, mode) = (
        content(),
        fs::metadata(&folder).unwrap().permissions().mode(),
    );
    make();
    let again = content();
    fs::remove_dir_all(&folder).unwrap();

    assert_eq!(made, again);
    assert_eq!(mode & 0o077, 0, "{mode:o}");
    assert!(asked.contains("MERCADOPAGO_ACCESS_TOKEN") && !asked.contains("POSTGRES_PASSWORD"));
    assert!(made["POSADA_OPERATOR_TOKEN"].len() >= 16);
    assert_ne!(
        made["POSADA_OPERATOR_TOKEN"],
        made["POSADA_GUEST_TOKEN_SECRET"]
    );
    let used: BTreeSet<String> = services()
        .values()
        .flat_map(|lines| list(lines, "secrets"))
        .collect();
    assert_eq!(used, made.into_keys().collect());
    let compose = read("docker-compose.yml");
    for name in used {
        let file = format!("  {name}: {{ file: \"${{POSADA_SECRETS:-./secrets}}/{name}\" }}");
        assert!(compose.contains(&file), "{file}");
    }
}

#[test]
fn programs_find_their_secrets_in_files() {
    let folder = std::env::temp_dir().join(format!("posada-secrets-{:x}", rand::random::<u64>()));
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("WHATSAPP_APP_SECRET"), "with spaces & $signs\n").unwrap();
    let ran = Command::new("sh")
        .arg(checkout().join("worker/docker/with-secrets.sh"))
        .args(["sh", "-c", "printf '<%s>' \"$WHATSAPP_APP_SECRET\"; exit 7"])
        .env("POSADA_SECRETS_FOLDER", &folder)
        .output()
        .unwrap();
    fs::remove_dir_all(&folder).unwrap();
    assert_eq!(ran.stdout, b"<with spaces & $signs>");
    assert_eq!(ran.status.code(), Some(7));
    let dockerfile = read("worker/docker/Dockerfile");
    for program in ["api", "worker", "migrations", "sandbox", "posada"] {
        let entry = format!("ENTRYPOINT [\"with-secrets\", \"{program}\"]");
        assert!(dockerfile.contains(&entry), "{entry}");
    }
}

#[test]
fn everything_fits_into_four_gigabytes_and_tells_how_it_is() {
    let mut sum = 0;
    for (name, lines) in services() {
        let runs_on = lines.iter().any(|line| line.contains("<<: *service"));
        let is_demo = lines
            .iter()
            .any(|line| line.contains("profiles: [\"demo\"]"));
        if !runs_on || is_demo {
            continue;
        }
        let limit = lines
            .iter()
            .find_map(|line| line.strip_prefix("    mem_limit: "))
            .and_then(|limit| limit.strip_suffix('m'))
            .unwrap_or_else(|| panic!("{name} has no limit"));
        sum += limit.parse::<u32>().unwrap();
        // Our own images bring theirs along; Temporal's pages are looked at by nobody but people.
        let dockerfile = read("worker/docker/Dockerfile");
        let ours = dockerfile
            .split(&format!("FROM runtime AS {name}\n"))
            .nth(1)
            .and_then(|it| it.split("FROM ").next())
            .is_some_and(|it| it.contains("HEALTHCHECK"));
        let checked = lines.iter().any(|line| line == "    healthcheck:");
        assert!(ours || checked || name == "temporal-ui", "{name}");
    }
    assert!((2_000..4_000).contains(&sum), "{sum}");
}

#[test]
fn what_is_mounted_is_there() {
    for (name, lines) in services() {
        for volume in list(&lines, "volumes") {
            let Some(path) = volume
                .strip_prefix("./")
                .and_then(|it| it.split(':').next())
            else {
                continue;
            };
            assert!(checkout().join(path).exists(), "{name} mounts {path}");
        }
    }
}
