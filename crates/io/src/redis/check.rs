//! Whether a server can be trusted with a snapshot, judged from what `INFO` says (which needs no right to `CONFIG`).

/// What is wrong with a server, and the cure.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unfit {
    pub(super) why: String,
    pub(super) cure: &'static str,
    /// Whether it may be otherwise in a moment.
    pub(super) passes: bool,
}

const VERSION_MIN: u32 = 7;

/// Judges the sections `server`, `memory`, `replication` and `cluster` of `INFO`.
pub(super) fn judge(info: &str) -> Result<(), Unfit> {
    let field = |name: &str| {
        info.lines()
            .find_map(|line| line.trim_end().strip_prefix(name)?.strip_prefix(':'))
            .unwrap_or_default()
    };
    let unfit = |why: String, cure| Err(Unfit { why, cure, passes: false });
    let policy = field("maxmemory_policy");
    if policy != "noeviction" {
        return unfit(
            format!("has maxmemory-policy '{policy}', which deletes numbers when memory is short"),
            "set maxmemory-policy noeviction in redis.conf, or CONFIG SET maxmemory-policy noeviction",
        );
    }
    // Valkey forked at 7.2 and says so in redis_version too.
    let version = field("redis_version");
    let major = version.split('.').next().and_then(|major| major.parse::<u32>().ok());
    if major.is_none_or(|major| major < VERSION_MIN) && field("valkey_version").is_empty() {
        return unfit(format!("is version '{version}'"), "callwarden needs Redis 7 or later, or Valkey");
    }
    if field("role") == "slave" {
        return Err(Unfit {
            why: format!("is a replica of {}:{}", field("master_host"), field("master_port")),
            cure: "point redis.url at the primary",
            // It may be about to be promoted.
            passes: true,
        });
    }
    if field("cluster_enabled") == "1" {
        return unfit(
            "is a node of a Redis Cluster, which is not supported".to_owned(),
            "point redis.url at a single node, or a primary with replicas",
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const GOOD: &str = "# Server\r\nredis_version:7.0.15\r\n# Memory\r\nmaxmemory:0\r\nmaxmemory_policy:noeviction\r\n\
                        # Replication\r\nrole:master\r\n# Cluster\r\ncluster_enabled:0\r\n";

    #[test]
    fn fit_servers_pass() {
        assert_eq!(judge(GOOD), Ok(()));
        let valkey = GOOD.replace(
            "redis_version:7.0.15",
            "redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:9.0.1",
        );
        assert_eq!(judge(&valkey), Ok(()));
        assert_eq!(judge(&GOOD.replace("7.0.15", "8.2.0")), Ok(()));
    }

    #[test]
    fn unfit_ones_hear_why() {
        for (from, to, said) in [
            (
                "noeviction",
                "allkeys-lru",
                "has maxmemory-policy 'allkeys-lru', which deletes numbers when memory is short",
            ),
            ("7.0.15", "6.2.14", "is version '6.2.14'"),
            (
                "role:master",
                "role:slave\r\nmaster_host:10.0.0.1\r\nmaster_port:6379",
                "is a replica of 10.0.0.1:6379",
            ),
            (
                "cluster_enabled:0",
                "cluster_enabled:1",
                "is a node of a Redis Cluster, which is not supported",
            ),
        ] {
            assert_eq!(judge(&GOOD.replace(from, to)).unwrap_err().why, said);
        }
    }
}
