import Foundation
import Testing

@testable import Files

/// A request of AWS's own test suite for Signature Version 4 (`aws-sig-v4-test-suite`), with
/// the signature that the suite gives.
struct Vector: Sendable, CustomTestStringConvertible {
    let name: String
    var method = "GET"
    var path = "/"
    var query: [(name: String, value: String)] = []
    var headers: [(name: String, value: String)] = []
    var body = ""
    let signedHeaders: String
    let signature: String

    var testDescription: String { name }

    static let all = [
        Vector(
            name: "get-vanilla", signedHeaders: "host;x-amz-date",
            signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        Vector(
            name: "get-unreserved",
            path: "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
            signedHeaders: "host;x-amz-date",
            signature: "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"),
        Vector(
            name: "get-vanilla-query-order-key-case",
            query: [("Param2", "value2"), ("Param1", "value1")], signedHeaders: "host;x-amz-date",
            signature: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
        Vector(
            name: "get-vanilla-query-order-value",
            query: [("Param1", "value2"), ("Param1", "value1")], signedHeaders: "host;x-amz-date",
            signature: "5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694"),
        Vector(
            name: "get-vanilla-utf8-query", query: [("\u{1234}", "bar")],
            signedHeaders: "host;x-amz-date",
            signature: "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"),
        Vector(
            name: "get-header-value-order",
            headers: ["value4", "value1", "value3", "value2"].map { ("My-Header1", $0) },
            signedHeaders: "host;my-header1;x-amz-date",
            signature: "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01"),
        Vector(
            name: "get-header-key-duplicate",
            headers: ["value2", "value2", "value1"].map { ("My-Header1", $0) },
            signedHeaders: "host;my-header1;x-amz-date",
            signature: "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"),
        Vector(
            name: "get-header-value-trim",
            headers: [("My-Header1", " value1"), ("My-Header2", "\"a   b   c\"")],
            signedHeaders: "host;my-header1;my-header2;x-amz-date",
            signature: "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"),
        Vector(
            name: "get-vanilla-with-session-token",
            headers: [
                (
                    "X-Amz-Security-Token",
                    "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267"
                )
            ],
            signedHeaders: "host;x-amz-date;x-amz-security-token",
            signature: "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8"),
        Vector(
            name: "post-x-www-form-urlencoded", method: "POST",
            headers: [("Content-Type", "application/x-www-form-urlencoded")],
            body: "Param1=value1", signedHeaders: "content-type;host;x-amz-date",
            signature: "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"),
    ]
}

/// An example of "Authenticating Requests: Using the Authorization Header" in S3's reference.
struct Example: Sendable, CustomTestStringConvertible {
    let name: String
    var method = "GET"
    var path = "/"
    var query: [(name: String, value: String)] = []
    var headers: [(name: String, value: String)] = []
    var payload = Signature.emptyPayload
    let signature: String

    var testDescription: String { name }

    static let all = [
        Example(
            name: "GET Object", path: "/test.txt", headers: [("Range", "bytes=0-9")],
            signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
        Example(
            name: "PUT Object", method: "PUT", path: "/test$file.text",
            headers: [
                ("Date", "Fri, 24 May 2013 00:00:00 GMT"),
                ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
            ],
            payload: "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
            signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"),
        Example(
            name: "GET Bucket lifecycle", query: [("lifecycle", "")],
            signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        Example(
            name: "GET Bucket (list objects)", query: [("prefix", "J"), ("max-keys", "2")],
            signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
    ]
}

@Suite struct SignatureTests {
    @Test(arguments: Vector.all)
    func `a request of AWS's suite is signed as the suite says`(_ vector: Vector) throws {
        let moment = try Date("2015-08-30T12:36:00Z", strategy: .iso8601)
        let scope = Signature.Scope(moment, region: "us-east-1", service: "service")
        let usual = [("Host", "example.amazonaws.com"), ("X-Amz-Date", scope.moment)]
        let signature = Signature(
            method: vector.method, path: vector.path, query: vector.query,
            headers: vector.headers + usual, payload: digest(Array(vector.body.utf8)))
        let credentials = S3Credentials(
            accessKey: "AKIDEXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
        #expect(
            signature.authorization(credentials, scope)
                == """
                AWS4-HMAC-SHA256 \
                Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
                SignedHeaders=\(vector.signedHeaders), Signature=\(vector.signature)
                """)
    }

    @Test(arguments: Example.all)
    func `an example of S3's reference is signed as it says`(_ example: Example) throws {
        let moment = try Date("2013-05-24T00:00:00Z", strategy: .iso8601)
        let scope = Signature.Scope(moment, region: "us-east-1", service: "s3")
        let usual = [
            ("Host", "examplebucket.s3.amazonaws.com"), ("x-amz-date", scope.moment),
            ("x-amz-content-sha256", example.payload),
        ]
        let signature = Signature(
            method: example.method, path: example.path, query: example.query,
            headers: example.headers + usual, payload: example.payload)
        let credentials = S3Credentials(
            accessKey: "AKIAIOSFODNN7EXAMPLE",
            secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
        #expect(signature.signature(credentials, scope) == example.signature)
    }

    @Test func `the canonical request of GET Object is the one in S3's reference`() {
        let signature = Signature(
            method: "GET", path: "/test.txt",
            headers: [
                ("Host", "examplebucket.s3.amazonaws.com"), ("Range", "bytes=0-9"),
                ("x-amz-content-sha256", Signature.emptyPayload),
                ("x-amz-date", "20130524T000000Z"),
            ], payload: Signature.emptyPayload)
        #expect(
            digest(Array(signature.canonicalRequest.utf8))
                == "7344ae5b7ee6c3e7e6b0fe0640412a37625d1fbfff95c48bbb2dc43964946972")
    }

    @Test func `a path is encoded byte by byte, once`() {
        #expect(
            Signature.encoded("/example space/\u{1234}", keeping: "/")
                == "/example%20space/%E1%88%B4")
        #expect(Signature.encoded("a/b+c%20") == "a%2Fb%2Bc%2520")
    }

    @Test func `no description of credentials shows the secret`() {
        let credentials = S3Credentials(
            accessKey: "AKIDEXAMPLE", secretKey: "hush", sessionToken: "hush-hush")
        var dumped = ""
        dump(credentials, to: &dumped)
        for text in ["\(credentials)", String(reflecting: credentials), dumped] {
            #expect(text.contains("AKIDEXAMPLE"))
            #expect(!text.contains("hush"))
        }
    }
}
