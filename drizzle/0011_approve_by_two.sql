CREATE TABLE `approvals` (
	`approval_id` varchar(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`kind` enum('correction','review','product') NOT NULL,
	`subject` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`pending_subject` varchar(64) CHARACTER SET ascii COLLATE ascii_bin,
	`reasons` json NOT NULL,
	`request` json NOT NULL,
	`state_before` json NOT NULL,
	`state_after` json NOT NULL,
	`points` int,
	`asked_by` int NOT NULL,
	`asked_from` varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`for_user` int,
	`status` enum('pending','approved','rejected','expired') NOT NULL,
	`decided_by` int,
	`decision_reason` varchar(200),
	`created_at` datetime(3) NOT NULL,
	`decided_at` datetime(3),
	CONSTRAINT `approvals_approval_id` PRIMARY KEY(`approval_id`),
	CONSTRAINT `approvals_pending_subject` UNIQUE(`pending_subject`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE TABLE `points_given` (
	`business_day` varchar(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`giver_id` int NOT NULL,
	`diner_id` int NOT NULL,
	`ordinary` int NOT NULL DEFAULT 0,
	`discretionary` int NOT NULL DEFAULT 0,
	CONSTRAINT `points_given_business_day_giver_id_diner_id_pk` PRIMARY KEY(`business_day`,`giver_id`,`diner_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE INDEX `approvals_status` ON `approvals` (`status`,`created_at`,`approval_id`);