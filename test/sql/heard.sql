-- What a consumer hears that asks: heard() gives what has changed since the
-- last time, whether a ticker runs or not.
SET client_min_messages = error;  -- a server without the library preloaded warns of every watch
CREATE FUNCTION heard(OUT rel text, OUT key text, OUT why text) RETURNS SETOF record LANGUAGE plpgsql AS $$
DECLARE
    c record;
    t text := current_setting('test.token', true);
BEGIN
    FOR c IN SELECT * FROM mosaic.changes_since(coalesce(nullif(t, ''), mosaic.token())) LOOP
        t := c.token;
        rel := c.rel; key := c.key; why := c.reason;
        IF t IS NOT NULL AND (key IS NOT NULL OR c.is_all OR c.reset) AND current_setting('test.token', true) <> '' THEN
            IF c.reset THEN why := 'reset'; END IF;
            RETURN NEXT;
        END IF;
    END LOOP;
    PERFORM set_config('test.token', t, false);
END $$;
SELECT * FROM heard();
