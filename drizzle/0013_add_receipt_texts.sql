CREATE TABLE `receipt_marks` (
	`mark` varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`created_at` datetime(3) NOT NULL,
	`upload_id` varchar(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	CONSTRAINT `receipt_marks_mark_created_at_upload_id_pk` PRIMARY KEY(`mark`,`created_at`,`upload_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE TABLE `receipt_texts` (
	`upload_id` varchar(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`text` text NOT NULL,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `receipt_texts_upload_id` PRIMARY KEY(`upload_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE INDEX `receipt_marks_created_at` ON `receipt_marks` (`created_at`);--> statement-breakpoint
CREATE INDEX `receipt_texts_created_at` ON `receipt_texts` (`created_at`);