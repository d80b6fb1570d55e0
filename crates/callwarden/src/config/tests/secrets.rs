//! Secrets come from where they should, and go nowhere else.

use super::*;

const SECRET: &str = "hunter2";

/// Everything that is ever printed of a configuration.
fn printed(file: &str, environment: &[(&str, &str)], flags: &[&str]) -> String {
    match load(file, environment, flags) {
        Ok(loaded) => {
            format!("{}{}{loaded:?}", render_text(loaded.show()), render_json(loaded.show()))
        }
        Err(problems) => format!("{problems}{problems:?}"),
    }
}

#[test]
fn a_secret_is_never_printed() {
    let sasl = "[kafka]\nsecurity.protocol = \"SASL_SSL\"\n";
    let good = [
        format!("{sasl}sasl.password = \"hunter2\"\n"),
        format!("{sasl}sasl.pasword = \"hunter2\"\n"),
        format!("{sasl}sasl.oauthbearer.config = \"hunter2\"\n"),
        format!("{sasl}\"sasl.oauthbearer.client.secret\" = \"hunter2\"\n"),
        "[kafka]\nssl.key.pem = \"hunter2\"\nssl.key.password = \"hunter2\"\n".to_owned(),
        "[redis]\npassword = \"hunter2\"\n".to_owned(),
        "[redis]\nurl = \"redis://:hunter2@localhost\"\n".to_owned(),
        "[redis]\nurl = \"rediss://user:hunter2/@localhost:1/2\"\n".to_owned(),
    ];
    let bad = [
        "[kafka]\nsasl.password = \"hunter2\"\n".to_owned(),
        "[kafka]\nsasl.password = \"hunter2\"\n\"sasl.password_file\" = \"/nowhere\"\n".to_owned(),
        "[kafka]\nsasl_password = \"hunter2\"\n".to_owned(),
        "[redis]\npasword = \"hunter2\"\n".to_owned(),
        "[redis]\nurl = \"redis://:hunter2\"\n".to_owned(),
        "[redis]\nurl = \"hunter2@localhost\"\n".to_owned(),
        "[redis]\nurl = \"redis://u:hunter2@localhost\"\npassword = \"hunter2\"\n".to_owned(),
        "[redis]\npassword = \"hunter2\n".to_owned(),
        "[redis]\npassword = hunter2\n".to_owned(),
        "[redis]\npassword = \"hunter2\"\npassword = \"hunter2\"\n".to_owned(),
        "[reddis]\npassword = \"hunter2\"\n".to_owned(),
        "redis_password = \"hunter2\"\n".to_owned(),
    ];
    for file in &good {
        assert!(load(file, &[], &[]).is_ok(), "{file}");
        let printed = printed(file, &[], &[]);
        assert!(printed.contains("***") && !printed.contains(SECRET), "{file}\n{printed}");
    }
    for file in &bad {
        assert!(load(file, &[], &[]).is_err(), "{file}");
        let printed = printed(file, &[], &[]);
        assert!(!printed.contains(SECRET), "{file}\n{printed}");
    }
    for name in ["REDIS_PASSWORD", "REDIS_PASWORD", "REDIS_URL", "KAFKA_SASL_PASSWORD", "PASSWORD"] {
        let printed = printed("", &[(&format!("CALLWARDEN_{name}"), SECRET)], &[]);
        assert!(!printed.contains(SECRET), "{name}\n{printed}");
    }
    for flag in ["redis.password=hunter2", "redis.pasword=hunter2", "hunter2"] {
        let printed = printed("", &[], &[flag]);
        assert!(!printed.contains(SECRET), "{flag}\n{printed}");
    }
}

#[test]
fn a_secret_may_stand_in_a_file_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    let path = path.to_str().unwrap();
    for (content, expected) in
        [("hunter2\n", "hunter2"), ("hunter2\r\n", "hunter2"), ("two\nlines\n", "two\nlines")]
    {
        std::fs::write(path, content).unwrap();
        let file = format!(
            "[redis]\npassword_file = \"{path}\"\n[kafka]\nsecurity.protocol = \"SASL_SSL\"\n\
             \"sasl.password_file\" = \"{path}\"\nssl.ca.pem_file = \"{path}\"\n"
        );
        let loaded = loaded(&file, &[], &[]);
        let Config { kafka, redis, .. } = &loaded.config;
        assert_eq!(redis.password.as_ref().map(Secret::expose), Some(expected));
        assert_eq!(kafka.properties.get("sasl.password"), Some(expected));
        assert_eq!(kafka.properties.get("ssl.ca.pem"), Some(expected));
        assert_eq!(row(&loaded, "redis.password_file"), format!("{path} (callwarden.toml:2)"));
        assert_eq!(row(&loaded, "kafka.sasl.password_file"), format!("{path} (callwarden.toml:5)"));
        assert!(!render_text(loaded.show()).contains(expected));
    }
    let environment =
        [("CALLWARDEN_REDIS_PASSWORD_FILE", path), ("CALLWARDEN_KAFKA_SSL_KEY_PASSWORD_FILE", path)];
    let loaded = loaded("[redis]\npassword = \"other\"\n", &environment, &[]);
    assert_eq!(loaded.config.redis.password.as_ref().map(Secret::expose), Some("two\nlines"));
    assert_eq!(loaded.config.kafka.properties.get("ssl.key.password"), Some("two\nlines"));
}

#[test]
fn a_file_that_a_later_layer_overrides_is_not_opened() {
    let file = "[redis]\npassword_file = \"/nowhere\"\n";
    let loaded = loaded(file, &[("CALLWARDEN_REDIS_PASSWORD", SECRET)], &[]);
    assert_eq!(loaded.config.redis.password.as_ref().map(Secret::expose), Some(SECRET));
}

#[test]
fn a_file_without_a_secret_is_a_mistake() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let cases = [
        ("/nowhere/secret".to_owned(), "No such file or directory"),
        (write("empty", b"\n"), "it is empty"),
        (write("long", &[b'x'; 70_000]), "it is longer than 65536 bytes"),
        (write("binary", &[0xff, 0xfe]), "UTF-8"),
        (folder.path().to_str().unwrap().to_owned(), "directory"),
    ];
    for (path, why) in cases {
        let said = load("", &[("CALLWARDEN_REDIS_PASSWORD_FILE", &path)], &[]).unwrap_err().to_string();
        let begins =
            format!("CALLWARDEN_REDIS_PASSWORD_FILE: redis.password_file = \"{path}\": can't be read: ");
        assert!(said.starts_with(&begins) && said.contains(why), "{said}");
    }
}

#[test]
fn user_name_and_password_leave_the_address_of_redis() {
    let cases = [
        ("redis://h", "redis://h", None, None),
        ("redis://h:1/2", "redis://h:1/2", None, None),
        ("redis://:p@h", "redis://h", None, Some("p")),
        ("redis://u@h", "redis://h", Some("u"), None),
        (
            "rediss://u:p%40%2F%25@[::1]:6380/0#insecure",
            "rediss://[::1]:6380/0#insecure",
            Some("u"),
            Some("p@/%"),
        ),
        ("redis://u:a:b@h/?protocol=resp3", "redis://h/?protocol=resp3", Some("u"), Some("a:b")),
    ];
    for (url, address, username, password) in cases {
        let redis = loaded(&format!("[redis]\nurl = \"{url}\"\n"), &[], &[]).config.redis;
        assert_eq!(redis.url, address);
        assert_eq!(redis.username.as_deref(), username, "{url}");
        assert_eq!(redis.password.as_ref().map(Secret::expose), password, "{url}");
    }
    for url in [
        "",
        "h:6379",
        "http://h",
        "redis://",
        "redis://h:x",
        "redis://h/x",
        "redis://:%zz@h",
        "redis://:6379",
    ] {
        assert!(load(&format!("[redis]\nurl = \"{url}\"\n"), &[], &[]).is_err(), "{url}");
    }
}
