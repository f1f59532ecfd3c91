ALTER TABLE `sessions` ADD `device_hash` varchar(64) CHARACTER SET ascii COLLATE ascii_bin;--> statement-breakpoint
ALTER TABLE `sms_codes` ADD `tries_by` json;--> statement-breakpoint
CREATE INDEX `sessions_device_hash` ON `sessions` (`device_hash`);