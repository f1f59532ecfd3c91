#!/bin/sh
# haproxy's external check: it exits with 0 when a server may be the writer, and with 1 when not. Its third and fourth
# arguments are the server's address and port. /etc/haproxy/check.cnf holds the account: [client] user, password. The
# account only needs to log in; on Group Replication it needs SELECT on performance_schema as well.
#
# A writer is writable. On Galera it is also in the primary component and synced. On Group Replication it is also
# online, the primary, and has a majority in reach.
address=$3 port=$4
# One call for all kinds of servers: --force goes on after a question that a server doesn't know.
state=$(timeout 2 mariadb --defaults-file=/etc/haproxy/check.cnf --connect-timeout=2 -h "$address" -P "$port" -NB --force -e "
	SELECT 'read_only', @@GLOBAL.read_only;
	SHOW GLOBAL STATUS LIKE 'wsrep_cluster_status';
	SHOW GLOBAL STATUS LIKE 'wsrep_local_state';
	SHOW GLOBAL VARIABLES LIKE 'group_replication_group_name';
	SELECT 'group_writer', SUM(member_id = @@server_uuid AND member_role = 'PRIMARY' AND member_state = 'ONLINE') = 1
		AND SUM(member_state <> 'UNREACHABLE') * 2 > COUNT(*) FROM performance_schema.replication_group_members" 2>/dev/null)
value() { printf '%s\n' "$state" | awk -v name="$1" '$1 == name { print $2 }'; }

[ "$(value read_only)" = 0 ] || exit 1
case $(value wsrep_cluster_status) in
'' | Disconnected) ;;
Primary) [ "$(value wsrep_local_state)" = 4 ] || exit 1 ;;
*) exit 1 ;;
esac
[ -z "$(value group_replication_group_name)" ] || [ "$(value group_writer)" = 1 ] || exit 1
