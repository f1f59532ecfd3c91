ALTER TABLE `products` ADD `stock_seq` int DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `job_runs_open` ON `job_runs` (`job`,`ended_at`);--> statement-breakpoint
CREATE INDEX `job_runs_started_at` ON `job_runs` (`started_at`);