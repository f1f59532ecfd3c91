CREATE TABLE `reading_queue` (
	`upload_id` varchar(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`user_id` int NOT NULL,
	`turn` int NOT NULL,
	`tries` smallint NOT NULL DEFAULT 0,
	`free_at` datetime(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	CONSTRAINT `reading_queue_upload_id` PRIMARY KEY(`upload_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE INDEX `reading_queue_turn` ON `reading_queue` (`tries`,`turn`,`free_at`);--> statement-breakpoint
CREATE INDEX `reading_queue_user` ON `reading_queue` (`user_id`,`tries`,`turn`);