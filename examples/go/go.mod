module pg_mosaic/examples/go

go 1.19
