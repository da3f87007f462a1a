#!/bin/sh
# Compiles the sketches of this folder for an Arduino Uno. On Debian: apt-get install gcc-avr avr-libc arduino-core-avr
set -eu
cd "$(dirname "$0")"
core=${ARDUINO_CORE:-/usr/share/arduino/hardware/arduino/avr}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# The last one is for avr-libc 2.0, whose float.h lacks it for this compiler.
flags="-mmcu=atmega328p -DF_CPU=16000000L -DARDUINO=10819 -DARDUINO_AVR_UNO -DARDUINO_ARCH_AVR -Os -w
  -ffunction-sections -fdata-sections -DDECIMAL_DIG=__DECIMAL_DIG__
  -I$core/cores/arduino -I$core/variants/standard"
for source in "$core"/cores/arduino/*.c "$core"/cores/arduino/*.S; do
  avr-gcc $flags -c "$source" -o "$work/$(basename "$source").o"
done
for source in "$core"/cores/arduino/*.cpp; do
  avr-g++ $flags -std=gnu++11 -fno-exceptions -fno-threadsafe-statics -c "$source" -o "$work/$(basename "$source").o"
done
for sketch in ${*:-*.cpp}; do
  name=$(basename "$sketch" .cpp)
  avr-g++ $flags -std=gnu++11 -fno-exceptions -fno-threadsafe-statics -Wl,--gc-sections "$sketch" "$work"/*.o -lm -o "$work/$name.elf"
  avr-objcopy -O ihex -R .eeprom "$work/$name.elf" "$name.hex"
done
