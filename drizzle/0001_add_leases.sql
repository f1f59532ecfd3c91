CREATE TABLE `leases` (
	`name` varchar(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`owner` varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`fence` bigint NOT NULL,
	`until` datetime(3) NOT NULL,
	CONSTRAINT `leases_name` PRIMARY KEY(`name`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
