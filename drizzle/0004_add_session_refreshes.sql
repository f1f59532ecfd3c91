CREATE TABLE `session_refreshes` (
	`session_id` varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`generation` int NOT NULL,
	`used_at` datetime(3) NOT NULL,
	`user_agent_hash` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	CONSTRAINT `session_refreshes_session_id_generation_pk` PRIMARY KEY(`session_id`,`generation`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
ALTER TABLE `sessions` ADD `device` varchar(100);--> statement-breakpoint
ALTER TABLE `session_refreshes` ADD CONSTRAINT `session_refreshes_session_id_sessions_session_id_fk` FOREIGN KEY (`session_id`) REFERENCES `sessions`(`session_id`) ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX `session_refreshes_used_at` ON `session_refreshes` (`used_at`);