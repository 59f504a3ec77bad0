// Marks what libweft.so shows to its users; everything else is built hidden.
#pragma once

#define WEFT_API __attribute__((visibility("default")))
