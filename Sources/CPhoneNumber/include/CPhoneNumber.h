#ifndef CPHONENUMBER_H
#define CPHONENUMBER_H

#ifdef __cplusplus
extern "C" {
#endif

/// Writes the E.164 form of `raw` to `out` (NUL-terminated) and returns its length.
///
/// `region` is the ISO 3166 region that a number without country code is read in.
/// Returns 0 when libphonenumber does not hold `raw` for a possible number, or when
/// `size` is too small (17 bytes are always enough).
int iperform_phone_e164(const char *raw, const char *region, char *out, int size);

/// Returns 1 when libphonenumber knows `region` (ISO 3166, upper case).
int iperform_phone_region_known(const char *region);

#ifdef __cplusplus
}
#endif
#endif
