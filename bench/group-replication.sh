#!/bin/sh
# Three members of MySQL Group Replication on loopback, in a chroot of Debian sid that this script makes; for the trials
# (cluster-trial.ts, cluster-behind.ts). Root alone can; debootstrap and the mariadb client are needed.
#
#   group-replication.sh start FOLDER          makes the chroot where it is missing, and a group whose first member writes
#   group-replication.sh stop FOLDER           ends the members
#   group-replication.sh sql FOLDER N TEXT     asks member N (1, 2, 3)
#   group-replication.sh cut FOLDER            stops every member but the writer, which loses its majority
#   group-replication.sh heal FOLDER           wakes them, and lets members that left the group back in
#
# Members listen on ports 42001 to 42003 for root without a password: nothing but loopback may reach them.
set -eu
action=$1 folder=$2
root=$folder/sid
members='1 2 3'

sql() { mariadb --no-defaults -uroot -S "$root/var/group/$1/s.sock" -NBe "$2"; }
pid() { cat "$root/var/group/$1/pid"; }
state() { sql "$1" 'SELECT member_state FROM performance_schema.replication_group_members WHERE member_id = @@server_uuid'; }

prepare() {
	[ -x "$root/usr/sbin/mysqld" ] || debootstrap --variant=minbase --include=mysql-server-core sid "$root" >&2
	chroot "$root" id mysql >/dev/null 2>&1 || chroot "$root" useradd -r -s /bin/false mysql
	for member in $members; do
		home=/var/group/$member
		mkdir -p "$root$home"
		[ -f "$root$home/my.cnf" ] && continue
		cat >"$root$home/my.cnf" <<-END
			[mysqld]
			user=mysql
			datadir=$home/data
			socket=$home/s.sock
			pid-file=$home/pid
			log-error=$home/log.err
			secure-file-priv=NULL
			port=4200$member
			bind-address=127.0.0.1
			report-host=127.0.0.1
			report-port=4200$member
			mysqlx=0
			server-id=$member
			gtid-mode=ON
			enforce-gtid-consistency=ON
			innodb-buffer-pool-size=128M
		END
		chroot "$root" chown -R mysql "$home"
		chroot "$root" mysqld --defaults-file="$home/my.cnf" --initialize-insecure
		cat >>"$root$home/my.cnf" <<-END
			plugin-load-add=group_replication.so
			group-replication-group-name=aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa
			group-replication-start-on-boot=OFF
			group-replication-local-address=127.0.0.1:4201$member
			group-replication-group-seeds=127.0.0.1:42011,127.0.0.1:42012,127.0.0.1:42013
			group-replication-unreachable-majority-timeout=4
			group-replication-recovery-get-public-key=ON
		END
	done
}

answers() {
	for _ in $(seq 120); do
		sql "$1" 'SELECT 1' >/dev/null 2>&1 && return
		sleep 0.5
	done
	echo "member $1 does not answer: $root/var/group/$1/log.err" >&2
	exit 1
}

start() {
	prepare
	for member in $members; do
		chroot "$root" mysqld --defaults-file="/var/group/$member/my.cnf" >/dev/null 2>&1 &
	done
	for member in $members; do
		answers "$member"
		sql "$member" "SET SQL_LOG_BIN = 0;
			CREATE USER IF NOT EXISTS copier@'%' IDENTIFIED BY 'copier';
			GRANT REPLICATION SLAVE, CONNECTION_ADMIN, BACKUP_ADMIN, GROUP_REPLICATION_STREAM ON *.* TO copier@'%';
			CREATE USER IF NOT EXISTS root@'127.0.0.1';
			GRANT ALL ON *.* TO root@'127.0.0.1' WITH GRANT OPTION;
			SET SQL_LOG_BIN = 1;
			CHANGE REPLICATION SOURCE TO SOURCE_USER = 'copier', SOURCE_PASSWORD = 'copier'
				FOR CHANNEL 'group_replication_recovery'"
		[ -f "$root/var/group/$member/made" ] || sql "$member" 'RESET BINARY LOGS AND GTIDS'
		touch "$root/var/group/$member/made"
	done
	sql 1 'SET GLOBAL group_replication_bootstrap_group = ON; START GROUP_REPLICATION;
		SET GLOBAL group_replication_bootstrap_group = OFF'
	for member in 2 3; do sql "$member" 'START GROUP_REPLICATION'; done
	sleep 2
	sql 1 'SELECT member_port, member_state, member_role FROM performance_schema.replication_group_members'
}

writer() {
	for member in $members; do
		role="SELECT COUNT(*) FROM performance_schema.replication_group_members
			WHERE member_id = @@server_uuid AND member_role = 'PRIMARY' AND member_state = 'ONLINE'"
		if [ "$(sql "$member" "$role")" = 1 ]; then echo "$member" && return; fi
	done
}

case $action in
start) start ;;
stop) for member in $members; do kill "$(pid "$member")"; done ;;
sql) sql "$3" "$4" ;;
cut)
	alone=$(writer)
	for member in $members; do [ "$member" = "$alone" ] || kill -STOP "$(pid "$member")"; done
	;;
heal)
	for member in $members; do kill -CONT "$(pid "$member")"; done
	sleep 5
	for member in $members; do
		case $(state "$member") in
		ERROR | OFFLINE) sql "$member" 'STOP GROUP_REPLICATION; START GROUP_REPLICATION' ;;
		esac
	done
	;;
esac
