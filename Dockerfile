# PostgreSQL with pg_mosaic, from the official image:
#   docker build -t pg_mosaic --build-arg PG_MAJOR=17 .
ARG PG_MAJOR=17
ARG CODENAME=bookworm

FROM postgres:${PG_MAJOR}-${CODENAME} AS build
ARG PG_MAJOR
RUN apt-get update && apt-get install -y --no-install-recommends \
		g++ make libboost-dev libssl-dev zlib1g-dev postgresql-server-dev-${PG_MAJOR}
COPY . /src
WORKDIR /build
RUN make -f /src/Makefile -j"$(nproc)" && make -f /src/Makefile install DESTDIR=/out && strip --strip-debug /out/usr/lib/postgresql/*/lib/pg_mosaic.so

FROM postgres:${PG_MAJOR}-${CODENAME}
COPY --from=build /out /
# initdb copies the sample into every new cluster.
RUN echo "shared_preload_libraries = 'pg_mosaic'" >> /usr/share/postgresql/postgresql.conf.sample
