#include "CPhoneNumber.h"

#include <cstring>
#include <phonenumbers/phonenumberutil.h>
#include <string>

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

extern "C" int iperform_phone_e164(const char *raw, const char *region, char *out, int size) {
    const PhoneNumberUtil *util = PhoneNumberUtil::GetInstance();
    PhoneNumber number;
    if (util->Parse(raw, region, &number) != PhoneNumberUtil::NO_PARSING_ERROR) return 0;
    // "Possible" checks the length only: number ranges open faster than metadata is
    // released, and a salesperson's number must not be refused for that.
    if (!util->IsPossibleNumber(number)) return 0;
    std::string text;
    util->Format(number, PhoneNumberUtil::E164, &text);
    if (static_cast<int>(text.size()) >= size) return 0;
    std::memcpy(out, text.c_str(), text.size() + 1);
    return static_cast<int>(text.size());
}

extern "C" int iperform_phone_region_known(const char *region) {
    const PhoneNumberUtil *util = PhoneNumberUtil::GetInstance();
    return util->GetCountryCodeForRegion(region) != 0 ? 1 : 0;
}
