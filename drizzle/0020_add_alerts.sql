CREATE TABLE `alerts` (
	`alert_id` bigint AUTO_INCREMENT NOT NULL,
	`event` varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`title` varchar(64) NOT NULL,
	`happened` int NOT NULL,
	`details` mediumtext NOT NULL,
	`host` varchar(64) NOT NULL,
	`raised_at` datetime(3) NOT NULL,
	CONSTRAINT `alerts_alert_id` PRIMARY KEY(`alert_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE INDEX `alerts_raised_at` ON `alerts` (`raised_at`);