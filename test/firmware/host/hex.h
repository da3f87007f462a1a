#pragma once
#include <string>

/** Bytes as pairs of hex digits, which any byte survives on a line of text; nothing is `-`. */
inline std::string toHex(const std::string& bytes) {
  if (bytes.empty()) return "-";
  std::string hex;
  for (const char c : bytes) {
    const char* const digits = "0123456789abcdef";
    hex += digits[static_cast<unsigned char>(c) >> 4];
    hex += digits[c & 15];
  }
  return hex;
}

inline std::string fromHex(const std::string& hex) {
  std::string bytes;
  if (hex == "-") return bytes;
  for (size_t at = 0; at + 1 < hex.size(); at += 2) bytes += static_cast<char>(std::stoi(hex.substr(at, 2), nullptr, 16));
  return bytes;
}
